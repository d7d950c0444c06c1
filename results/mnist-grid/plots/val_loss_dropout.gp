# gnuplot val_loss_dropout.gp  draws val_loss_dropout.png and val_loss_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'val_loss_dropout.png'
unit = 1.2
title = 'Validation loss, learning-rate = 0.0003'
subtitle = 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd'
x_label = 'epoch'
y_label = 'validation loss (nats)'
legend = 'dropout p'
from_zero = 0
last = 15
low = 0.052094438139777294
high = 0.19428663217578834
n = 4
values = 4
array names[4] = ['0', '0.2', '0.4', '0.6']
array looks[4] = [0, 1, 2, 3]
$curves << EOD
0	0.14840071433320665	0.1420252522814055	0.1547761763850078
1	0.10204756164311977	0.09785607038133778	0.10623905290490177
2	0.08739240310791256	0.07599575311241949	0.09878905310340563
3	0.07377312645297403	0.06925261262261986	0.07829364028332819
4	0.06862162823449298	0.06559812019410889	0.07164513627487708
5	0.07047976838827769	0.06693581749652261	0.07402371928003276
6	0.06590750750165124	0.062162423410203727	0.06965259159309875
7	0.06483148452510511	0.061316835551814386	0.06834613349839583
8	0.07220530375986335	0.06768148189313875	0.07672912562658796


0	0.14398920389896303	0.1425077996827131	0.14547060811521295
1	0.10117262167174015	0.09732842556006002	0.10501681778342029
2	0.08222529956282654	0.07756179437246397	0.08688880475318911
3	0.07331334834522837	0.06884080036428639	0.07778589632617036
4	0.06804159065864918	0.06654273350084117	0.06954044781645718
5	0.06546333604177007	0.0633290048935611	0.06759766718997905
6	0.06453450709337465	0.06058149380508006	0.06848752038166923
7	0.05905726500408998	0.05736081569666659	0.06075371431151338
8	0.060404767674036956	0.059535661793669356	0.061273873554404557
9	0.06089745453401995	0.058134913171638124	0.06365999589640178


0	0.15541444695512863	0.15461470811912015	0.1562141857911371
1	0.10867333238700101	0.10538247488191022	0.11196418989209181
2	0.08773461942240575	0.0850466943674309	0.0904225444773806
3	0.07843035577780555	0.07438233620134473	0.08247837535426637
4	0.07355500571396702	0.07132816549683102	0.07578184593110301
5	0.06949697806886869	0.06775608246036098	0.0712378736773764
6	0.06641474744905095	0.06315006431238566	0.06967943058571623
7	0.06339755185155854	0.06017890041371195	0.06661620328940514
8	0.06237237466272257	0.059455567795965274	0.06528918152947986
9	0.06216928277557032	0.05999305824366724	0.0643455073074734
10	0.06061487386962325	0.059024814659254514	0.06220493307999198
11	0.062145258593942806	0.06113103362645321	0.0631594835614324


0	0.18771986835367918	0.18641948208845932	0.18902025461889904
1	0.13199801689965177	0.12969500529032107	0.13430102850898246
2	0.1073619920697996	0.10529820693056281	0.10942577720903639
3	0.09347187304888925	0.09102838861455174	0.09591535748322676
4	0.08734072256745201	0.08651035798247902	0.088171087152425
5	0.08060899234888982	0.07846328590289749	0.08275469879488216
6	0.07722393492860609	0.07562562678957684	0.07882224306763534
7	0.07327447179044295	0.0717400463223008	0.07480889725858511
8	0.0734515379844949	0.0716758782284152	0.0752271977405746
9	0.0715364912133904	0.06938811920639468	0.07368486322038612
10	0.06817773523745568	0.06635549475219639	0.06999997572271498
11	0.06904773918650477	0.06813451476029406	0.06996096361271548
12	0.06709919170080487	0.06545821518051942	0.06874016822109033
13	0.06488972110414357	0.06253661308645218	0.06724282912183495
14	0.0682909596524781	0.06594990014840096	0.07063201915655523
15	0.067461705906995	0.06588396351970825	0.06903944829428176
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

# $curves: for each curve a block of epoch, mean, mean - sd, mean + sd. looks: numbers of their colours and markers, of
# `values` in all.
right = 195.
eval axes
eval legend_right(n)
if (values == 2 && from_zero) { set palette defined (0 first, 1 second) }
set xrange [-greater(0.3, 0.03 * last) : last + greater(0.3, 0.03 * last)]
set xtics 0, nice(last / 13.)
set yrange [low:high]
plot for [i = 1 : n] $curves index i - 1 using 1:3:4 with filledcurves fillcolor palette frac share(looks[i], values) \
       fillstyle transparent solid (n > 2 ? 0.12 : 0.2) noborder notitle, \
     for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(looks[i], values) \
       linewidth 2.5 dashtype dash(looks[i]) pointtype marker(looks[i]) pointsize 1.4 * unit \
       pointinterval int((last + 50) / 50) title names[i]
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'val_loss_dropout.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
