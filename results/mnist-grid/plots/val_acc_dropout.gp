# gnuplot val_acc_dropout.gp  draws val_acc_dropout.png and val_acc_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'val_acc_dropout.png'
unit = 1.2
title = 'Validation accuracy, learning-rate = 0.0003'
subtitle = 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd'
x_label = 'epoch'
y_label = 'validation accuracy (%)'
legend = 'dropout p'
from_zero = 0
last = 15
low = 94.21039579035686
high = 98.6738661987497
n = 4
values = 4
array names[4] = ['0', '0.2', '0.4', '0.6']
array looks[4] = [0, 1, 2, 3]
$curves << EOD
0	95.91666666666667	95.6636295591552	96.16970377417815
1	97.11333333333333	97.02802344071954	97.19864322594712
2	97.46333333333334	97.13664966030662	97.79001700636005
3	97.82666666666667	97.6254205486917	98.02791278464163
4	98.02	97.96060490106264	98.07939509893735
5	97.96000000000001	97.84537500757301	98.07462499242699
6	98.12333333333333	97.90679490974784	98.33987175691881
7	98.29166666666667	98.19306533694834	98.39026799638499
8	98.05416666666666	97.95290152148023	98.1554318118531


0	96.07666666666667	95.93943207433175	96.21390125900159
1	97.08666666666666	96.96061553065874	97.21271780267459
2	97.57000000000001	97.40400133869349	97.73599866130651
3	97.73	97.512565463236	97.947434536764
4	98.01666666666667	97.95430571022042	98.0790276231129
5	98.13	98.00786619359624	98.25213380640375
6	98.23	98.03090482454644	98.42909517545357
7	98.28	98.18396759806075	98.37603240193926
8	98.31	98.22452745730028	98.39547254269971
9	98.35000000000001	98.19144752007966	98.50855247992034


0	95.64	95.53419619834598	95.74580380165403
1	96.78999999999999	96.61496032195845	96.96503967804155
2	97.33333333333334	97.25879773408334	97.40786893258333
3	97.61666666666666	97.44186519197163	97.79146814136169
4	97.82333333333334	97.80097265355833	97.84569401310834
5	97.98333333333333	97.91986855745112	98.04679810921554
6	98.10666666666667	97.94481968818253	98.2685136451508
7	98.15666666666667	97.9848301810829	98.32850315225043
8	98.24	98.1727112358727	98.30728876412729
9	98.28333333333333	98.22401623193315	98.34265043473351
10	98.37083333333332	98.26597452173235	98.47569214493431
11	98.29444444444444	98.25975001112	98.32913887776887


0	94.53	94.37570950918622	94.68429049081378
1	96.20666666666666	96.08216767068679	96.33116566264654
2	96.80666666666666	96.68846251182335	96.92487082150998
3	97.16	97.07954987742569	97.24045012257432
4	97.42333333333335	97.40842621348334	97.43824045318334
5	97.58	97.47432755010568	97.68567244989431
6	97.77666666666667	97.6435418296819	97.90979150365145
7	97.88	97.80792750563187	97.95207249436814
8	97.87666666666667	97.74511608492887	98.00821724840448
9	97.93333333333332	97.81489441330373	98.05177225336293
10	98.07000000000001	97.98307730126396	98.15692269873604
11	98.11	98.01454785957814	98.20545214042184
12	98.13333333333333	98.0234091170144	98.24325754965227
13	98.22916666666667	98.16479649874303	98.29353683459031
14	98.15	98.01055666224433	98.28944333775567
15	98.21666666666667	98.14862528492269	98.28470804841064
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
