# gnuplot race.gp  draws race.png and race.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'race.png'
unit = 1.2
title = 'The race: mean over the seeds, until a setting is dropped'
subtitle = 'decided; a difference of 0.002 nats matters; 5 more were dropped after 10 seeds'
x_label = 'seeds'
y_label = 'best validation loss (nats)'
legend = 'dropout p'
first_seeds = 10
last = 63
n = 4
values = 9
array names[4] = ['0.1', '0.2', '0.4', '0.5']
array looks[4] = [1, 2, 4, 5]
low = 0.062193989348177714
high = 0.06524593441811641
$curves << EOD
10	0.0629669980750915
11	0.06378663578059247
12	0.06395548433546262
13	0.06440909398646594
14	0.06456798336165816
15	0.06449985130117467
16	0.06513289941552608


10	0.06327334826220973
11	0.06360932375715289
12	0.06372975292993084
13	0.0637126553479222
14	0.06407298126790094
15	0.06411571043455672
16	0.06410380593173354
17	0.06455091052632553
18	0.06487232174325948
19	0.06471586294428706
20	0.06475751396084842
21	0.06443765144607853
22	0.06436470471122054
23	0.064195164151877
24	0.06433562019566075
25	0.06417746992578605
26	0.0641240039695443
27	0.06408294995234555
28	0.06386358526188193
29	0.06397256642832011
30	0.0639008748450702
31	0.06376085882460789
32	0.06373644991967593
33	0.06386978253499666
34	0.06396489937509316
35	0.06391694141092094
36	0.06403451137813548
37	0.06396975498745103
38	0.06394291306365033
39	0.06409574081023976
40	0.06395792744617496
41	0.06387611187789181
42	0.06392049005158981
43	0.06392969192222642
44	0.06391674355404188
45	0.06392476896450824
46	0.06399183148543158
47	0.06399538102116167
48	0.0640482374419853
49	0.06410327728980085
50	0.06415234592156864
51	0.06410252832428599
52	0.06398315247455091
53	0.06385522961032135
54	0.06386779400797298
55	0.06380217902763044
56	0.06370106000515977
57	0.06369185619830865
58	0.06379089358136598
59	0.06368315273017051
60	0.06365648465334033
61	0.06366464668029764
62	0.06385930225179232
63	0.06393962007216253


10	0.06352202611936035
11	0.06351973950490737
12	0.06340966137145686
13	0.06345196532265689
14	0.06324522590782325
15	0.06291533931237556
16	0.06304136986923164
17	0.06309782023058871
18	0.06302547399396236
19	0.06286058960752752
20	0.06276291400296966
21	0.06242328007769663
22	0.06239786430379069
23	0.062307024350768035
24	0.06265886838047438
25	0.06267490895185544
26	0.06269428011432687
27	0.0628679646871317
28	0.06284817035189023
29	0.06293369961715171
30	0.06291208381140942
31	0.06295835507972505
32	0.06304505721541329
33	0.06293082445875894
34	0.06320066698827122
35	0.06313543176914295
36	0.06340439666023244
37	0.06336295049360181
38	0.06336097568160941
39	0.06358471996738874
40	0.0636698419030149
41	0.06367682428775504
42	0.06366977793431254
43	0.06369795036967205
44	0.06373941800758506
45	0.06375905314706075
46	0.06387449456451706
47	0.06389002030000357
48	0.06388642343855543
49	0.06386181985832864
50	0.06392895552575985
51	0.06393054389237304
52	0.06388162693889338
53	0.06381064151440027
54	0.06383583329288817
55	0.0637535622857549
56	0.0637859805841615
57	0.06358206501522712
58	0.0635243165180293
59	0.06351491926325967
60	0.0635592422689614
61	0.06361208821604944
62	0.06359535036284275
63	0.06350588436951071


10	0.06448992156614537
11	0.0646824304955343
12	0.06433150637910755
13	0.06404201087182236
14	0.06384596329547625
15	0.0639460090549406
16	0.06380347499478999
17	0.0638706142847204
18	0.06435263081610651
19	0.06417011232797987
20	0.06413224969537389
21	0.06402752163738741
22	0.06393063330753887
23	0.06393238230363477
EOD

# The look of all plots. Places are in pixels from the edges of a picture of width x height.
# Lines and text stand out from the paper by a contrast of at least 3 : 1 (WCAG 2.1, 1.4.11); first and second: after
# Okabe and Ito (2008), "Color Universal Design"; the palette: even steps of lightness, so that the order survives grey.
paper = '#ffffff'; ink = '#1a1a1a'; muted = '#595959'; rule = '#dedede'; idle = '#8c8c8c'
first = '#0072b2'; second = '#c44e00'; correct = '#c6e2fb'
heat(level) = word('#fbe8ce #f1c89b #e7a668 #d9843c #c4651c #a94b0f #8a3510 #672514', level + 1)
set palette defined (0 '#002471', 1 '#5a009a', 2 '#9d0179', 3 '#ca2949', 4 '#d76504')
unset colorbox
share(i, n) = n < 2 ? 0 : i / (n - 1.)  # of the palette, for the i-th of n
marker(i) = int(word('7 5 9 13 11 6 4 8 12', i % 9 + 1))
set dashtype 2 (12,4); set dashtype 3 (4,3); set dashtype 4 (14,4,3,4); set dashtype 5 (12,4,3,4,3,4)
dash(i) = i % 5 + 1  # with the markers: a combination of its own for the first 45 lines
lesser(a, b) = a < b ? a : b
greater(a, b) = a > b ? a : b
decade(x) = 10. ** floor(log10(x))
nice(x) = x <= 1 ? 1 : decade(x) * (x <= 1.001 * decade(x) ? 1 : x <= 2 * decade(x) ? 2 : x <= 5 * decade(x) ? 5 : 10)

left = 120.; right = 30.; top = 110.; bottom = 80.; x_room = 20.
axes = "set lmargin at screen left / width; set rmargin at screen 1 - right / width;" \
     . "set tmargin at screen 1 - top / height; set bmargin at screen bottom / height;" \
     . "set label 3 x_label at screen (left + width - right) / 2 / width, (bottom - 41 - x_room) / height center textcolor rgb ink;" \
     . "set label 4 y_label at screen 28. / width, (bottom + height - top) / 2 / height center rotate textcolor rgb ink"
legend_right(lines) = "set key at screen 1 - (right - 18) / width, 1 - (top + 14) / height left top vertical Left reverse" \
     . sprintf(" samplen 3 spacing 1.25 font ',%.0f' textcolor rgb ink;", greater(9, lesser(19, (height - top - bottom) / 1.5 / (lines + 1)))) \
     . "set label 5 legend at screen 1 - (right - 28) / width, 1 - top / height left font ',18' textcolor rgb ink"
along_seeds = "left = 150.; right = 195.; eval axes; eval legend_right(n);" \
     . "set xrange [first_seeds - greater(0.5, 0.03 * (last - first_seeds)) : last + greater(0.5, 0.03 * (last - first_seeds))];" \
     . "set xtics nice((last - first_seeds) / 13.); set yrange [low:high]; marker_interval = int((last - first_seeds + 50) / 50)"
legend_below = "set key outside bottom center horizontal Left reverse samplen 2 width 2 maxrows 1 font ',18' textcolor rgb ink"
set label 1 title at screen 0.02, 1 - 32. / height left font ',24' textcolor rgb ink
set label 2 subtitle at screen 0.02, 1 - 68. / height left font ',18' textcolor rgb muted
set border 3 linewidth 1.5 linecolor rgb muted
set tics nomirror scale 0 textcolor rgb ink
set grid linetype 1 linewidth 1 linecolor rgb rule
set format '%g'
set pointintervalbox 0
set errorbars 0.7

# $curves: for each setting a block of seeds and mean. looks: numbers of their colours and markers, of `values` in all.
eval along_seeds
plot for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(looks[i], values) \
       linewidth 2.5 dashtype dash(looks[i]) pointtype marker(looks[i]) pointsize 1.4 * unit \
       pointinterval marker_interval title names[i]
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'race.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
