# gnuplot val_acc_dropout.gp  draws val_acc_dropout.png and val_acc_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'val_acc_dropout.png'
unit = 1.2
title = 'Validation accuracy'
subtitle = 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd'
x_label = 'epoch'
y_label = 'validation accuracy (%)'
legend = 'dropout p'
from_zero = 0
last = 10
low = 93.97420245810797
high = 98.91104270183544
n = 9
values = 9
array names[9] = ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8']
array looks[9] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
$curves << EOD
0	97.13666666666667	97.03298445990004	97.24034887343332
1	97.58333333333333	97.34037700438145	97.82628966228522
2	97.44666666666667	96.38277705250968	98.51055628082366
3	97.98	97.72630508260686	98.23369491739314
4	98.17083333333333	98.02152939277359	98.32013727389307
5	98.1888888888889	98.06379633056449	98.31398144721331


0	96.94666666666667	96.62555747789888	97.26777585543445
1	97.46000000000001	97.27158556318584	97.64841443681416
2	97.68333333333334	96.80757968963869	98.55908697702797
3	98.02333333333333	97.67982205258697	98.36684461407968
4	98.07333333333334	97.77575047839113	98.37091618827554
5	98.16111111111111	98.00096071882889	98.32126150339333
6	98.43333333333334	98.1384698997841	98.72819676688258


0	96.91	96.47737236950621	97.34262763049378
1	97.62	97.42090482454644	97.81909517545357
2	97.89999999999999	97.51684786891424	98.28315213108574
3	97.89	97.55529449096589	98.22470550903411
4	98.2	98.09007578368106	98.30992421631893
5	98.1125	97.9734722915973	98.25152770840269
6	98.14583333333333	98.04734945610424	98.24431721056243


0	96.90666666666667	96.8616358130463	96.95169752028701
1	97.65	97.40761600712918	97.89238399287082
2	97.78999999999999	97.51396658817374	98.06603341182625
3	97.92999999999999	97.6909625784759	98.16903742152408
4	98.25666666666667	98.11792229741155	98.39541103592178
5	98.27916666666667	98.15416666666667	98.40416666666667
6	98.25833333333334	98.1185583819399	98.39810828472677
7	98.33333333333334	98.20750275941215	98.45916390725452


0	96.84333333333333	96.68063046850845	97.00603619815821
1	97.57666666666667	97.44302119868847	97.71031213464487
2	97.83666666666667	97.66776498586457	98.00556834746878
3	97.95666666666666	97.710135172172	98.20319816116134
4	98.16	98.0761681577336	98.24383184226639
5	98.13666666666667	98.08475862832535	98.188574705008
6	98.13888888888889	97.92785088985309	98.34992688792468


0	96.74666666666666	96.63904077139357	96.85429256193974
1	97.38333333333333	97.21708385547284	97.54958281119383
2	97.78999999999999	97.63250220460097	97.94749779539903
3	97.84666666666666	97.61232361328837	98.08100972004497
4	97.99666666666667	97.91467750749167	98.07865582584165
5	98.20333333333333	98.13421186215557	98.27245480451109
6	98.22333333333333	98.08609874099841	98.36056792566825
7	98.17666666666666	98.00402381116562	98.34930952216772
8	98.33333333333333	98.23195395782835	98.4347127088383


0	96.38	96.0634649396284	96.69653506037159
1	97.20333333333333	97.06269984593514	97.34396682073152
2	97.6	97.44144752007966	97.75855247992034
3	97.78333333333333	97.64044643167098	97.92622023499568
4	97.91	97.8339883049934	97.9860116950066
5	98.01666666666667	97.85464814920647	98.17868518412686
6	98.075	97.9709167000267	98.1790832999733
7	98.12083333333334	97.98449565342435	98.25717101324231
8	98.12222222222222	97.99602425898222	98.24842018546222
9	98.16111111111111	98.05267099280032	98.26955122942191


0	95.80000000000001	95.64953774928944	95.95046225071057
1	96.82666666666667	96.74621654409236	96.90711678924099
2	97.16	97.05618392331735	97.26381607668266
3	97.34	97.27588205312776	97.40411794687225
4	97.61999999999999	97.57527864045001	97.66472135954999
5	97.73666666666668	97.61976214722168	97.85357118611167
6	97.74666666666667	97.56356074710705	97.92977258622629
7	97.87666666666667	97.7790563302377	97.97427700309565
8	97.90833333333333	97.78930952619095	98.02735714047571
9	97.89166666666667	97.79496169341373	97.9883716399196


0	94.35333333333334	94.15704839306083	94.54961827360583
1	95.75333333333333	95.7070852102483	95.79958145641837
2	96.43666666666667	96.27619860130785	96.59713473202548
3	96.71333333333334	96.65278032625139	96.77388634041529
4	96.86666666666667	96.66051138538579	97.07282194794755
5	97.05666666666667	96.96645087598183	97.1468824573515
6	97.17666666666666	97.08879049115691	97.26454284217643
7	97.19666666666666	97.05752245690172	97.33581087643161
8	97.29166666666667	97.18408379593868	97.39924953739465
9	97.40833333333333	97.2767475635297	97.53991910313697
10	97.42777777777778	97.31071495830163	97.54484059725392
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
set output 'val_acc_dropout.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
