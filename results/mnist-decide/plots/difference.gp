# gnuplot difference.gp  draws difference.png and difference.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'difference.png'
unit = 1.2
title = 'The difference to others, as seeds are added'
subtitle = 'dropout p = 0.4 minus others: mean, and the 95 % interval that holds at every look'
x_label = 'seeds'
y_label = 'difference in test accuracy (points)'
legend = 'minus'
first_seeds = 8
last = 63
n = 2
array names[2] = ['0', '0.2']
low = -1.7041529830179813
high = 2.0781529830179863
$looks << EOD
8	0.2350000000000032	-1.7094631943580314	2.179463194358038
9	0.20111111111111357	-1.040698951755724	1.4429211739779508
10	0.1870000000000027	-0.7585764915089893	1.1325764915089946


8	0.06750000000000089	-0.9045773848539718	1.0395773848539736
9	0.05222222222222264	-0.5650060097881591	0.6694504542326044
10	0.050000000000000044	-0.41719782021228624	0.5171978202122863
11	0.08000000000000028	-0.35417207009688056	0.5141720700968812
12	0.06750000000000089	-0.31020548619924365	0.44520548619924544
13	0.05307692307692407	-0.28807178475973017	0.39422563091357826
14	0.03142857142857194	-0.28807178475973017	0.36019933452988157
15	0.02533333333333425	-0.27290093392047665	0.3235676005871451
16	0.028125000000001073	-0.24391188740437866	0.3001618874043808
17	0.05117647058823684	-0.22814085150992267	0.3001618874043808
18	0.04055555555555726	-0.22393541736164552	0.3001618874043808
19	0.054210526315791104	-0.20207850251735626	0.3001618874043808
20	0.040500000000001646	-0.20207850251735626	0.29043025162439134
21	0.0452380952380966	-0.19081307008204723	0.2812892605582404
22	0.03636363636363791	-0.1907055440875683	0.2634328168148441
23	0.03478260869565365	-0.1802452212620069	0.2498104386533142
24	0.040000000000001604	-0.16572411503915122	0.24572411503915445
25	0.036800000000001276	-0.15962381922381783	0.2332238192238204
26	0.048076923076924606	-0.14720592922907666	0.2332238192238204
27	0.035925925925927304	-0.14720592922907666	0.2316876591795183
28	0.029285714285715813	-0.14720592922907666	0.21953750483326384
29	0.026551724137932695	-0.14720592922907666	0.20962274161769037
30	0.030000000000001498	-0.14676944361982575	0.20676944361982877
31	0.018387096774195096	-0.14676944361982575	0.1972830720750135
32	0.01718750000000157	-0.14676944361982575	0.18978145448334388
33	0.01636363636363792	-0.14676944361982575	0.18305251449061988
34	0.012058823529413369	-0.14676944361982575	0.17445739323180998
35	0.003714285714287201	-0.14676944361982575	0.16565029698633432
36	0.0019444444444457652	-0.14676944361982575	0.15905228350709943
37	0.0032432432432446794	-0.14676944361982575	0.15572844299785138
38	0.005000000000001488	-0.143245023946105	0.15324502394610798
39	0.004871794871796321	-0.13916180286988128	0.1489053926134739
40	0.005000000000001386	-0.1350581903499386	0.14505819034994136
41	1.3477988256710427e-15	-0.1350581903499386	0.1382251214976472
42	-0.003095238095236967	-0.1350581903499386	0.1322665494678825
43	-0.0032558139534872447	-0.1350581903499386	0.12866423976326646
44	-0.0052272727272716524	-0.13419218530545268	0.12373763985090937
45	1.2278589603398338e-15	-0.1280894693675549	0.12373763985090937
46	0.0002173913043492447	-0.1248543480439585	0.12373763985090937
47	0.00446808510638437	-0.11924453126906731	0.12373763985090937
48	0.006041666666668078	-0.11509869999621544	0.12373763985090937
49	0.014489795918368692	-0.11003351294370604	0.12373763985090937
50	0.021000000000001455	-0.1043657882793483	0.12373763985090937
51	0.02372549019607995	-0.09962086892808739	0.12373763985090937
52	0.025000000000001514	-0.0959433238510245	0.12373763985090937
53	0.021698113207548757	-0.0959433238510245	0.12373763985090937
54	0.025555555555557056	-0.0928082141964598	0.12373763985090937
55	0.025272727272728727	-0.0908057752720871	0.12373763985090937
56	0.018571428571429894	-0.0908057752720871	0.12373763985090937
57	0.0200000000000013	-0.0908057752720871	0.12373763985090937
58	0.027586206896553087	-0.0908057752720871	0.12373763985090937
59	0.024406779661018212	-0.0908057752720871	0.12373763985090937
60	0.023500000000001294	-0.0908057752720871	0.12373763985090937
61	0.021803278688525825	-0.0908057752720871	0.12373763985090937
62	0.033870967741936764	-0.0902520996495903	0.12373763985090937
63	0.041428571428572675	-0.08522006644912715	0.12373763985090937
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

# $looks: for each rival a block of seeds, mean, low and high.
eval along_seeds
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead linewidth 1.5 linecolor rgb muted
color(i) = i == 1 ? first : second
plot for [i = 1 : n] $looks index i - 1 using 1:3:4 with filledcurves fillstyle transparent solid 0.18 noborder linecolor rgb color(i) notitle, \
     for [i = 1 : n] $looks index i - 1 using 1:2 with linespoints linecolor rgb color(i) linewidth 2.5 pointtype marker(i) \
       pointsize 1.4 * unit pointinterval marker_interval title names[i]
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'difference.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
