# gnuplot val_acc_dropout.gp  draws val_acc_dropout.png and val_acc_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'val_acc_dropout.png'
unit = 1.2
title = 'Validation accuracy'
subtitle = 'mean of 63 seeds while at least half of them train; band: ± 1 sample sd'
x_label = 'epoch'
y_label = 'validation accuracy (%)'
legend = 'dropout p'
from_zero = 0
last = 11
low = 93.89573700702248
high = 98.64600957564284
n = 9
values = 9
array names[9] = ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8']
array looks[9] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
$curves << EOD
0	97.03	96.67100620728225	97.38899379271776
1	97.53666666666668	97.20400066800335	97.86933266533
2	97.46333333333334	96.57382660361048	98.35284006305618
3	98.05666666666667	97.83413909866998	98.27919423466336
4	98.1537037037037	97.90652830239453	98.40087910501286
5	98.10952380952381	97.89460411244958	98.32444350659803


0	96.98020833333332	96.71158917913914	97.2488274875275
1	97.471875	97.09353952521408	97.85021047478591
2	97.778125	97.2410299759914	98.31522002400862
3	98.07083333333333	97.86032249082204	98.28134417584462
4	98.10833333333333	97.88143802381487	98.3352286428518
5	98.01410256410257	97.5581315736223	98.47007355458283


0	96.87169312169313	96.54979748586668	97.19358875751958
1	97.60555555555555	97.35025335918911	97.860857751922
2	97.9010582010582	97.68695272224879	98.1151636798676
3	98.01243386243387	97.80009140018923	98.22477632467852
4	98.11666666666666	97.92398444957954	98.30934888375378
5	98.21319444444444	98.03369032274125	98.39269856614763
6	98.24292929292929	98.09438132654638	98.3914772593122


0	96.88	96.6137039612632	97.1462960387368
1	97.47833333333334	97.0375813104463	97.91908535622036
2	97.86666666666667	97.62552739539765	98.10780593793568
3	97.98166666666667	97.79633246736147	98.16700086597187
4	98.24	98.12827944915334	98.35172055084665
5	98.20208333333333	98.01133761628724	98.39282905037943
6	98.3047619047619	98.17830217404867	98.43122163547514
7	98.34333333333333	98.2171720608815	98.46949460578517


0	96.7521164021164	96.49003396304427	97.01419884118854
1	97.55846560846561	97.38305331850736	97.73387789842386
2	97.81825396825397	97.65972369216041	97.97678424434753
3	97.97671957671957	97.81774268195385	98.1356964714853
4	98.12407407407407	97.99588787935045	98.2522602687977
5	98.1827485380117	98.07996172904274	98.28553534698067
6	98.24652777777779	98.11756765541443	98.37548790014112
7	98.31476190476191	98.16780077941823	98.46172303010557


0	96.57536231884058	96.34912444650435	96.8016001911768
1	97.38260869565217	97.17290241591947	97.59231497538488
2	97.77608695652174	97.65007328011987	97.9021006329236
3	97.95217391304348	97.79126547965666	98.1130823464303
4	98.06159420289855	97.95506081284083	98.16812759295627
5	98.12971014492754	98.00110491134615	98.25831537850893
6	98.23333333333333	98.1052057927081	98.36146087395855
7	98.24555555555555	98.11455412174136	98.37655698936975


0	96.33333333333334	96.08081515161415	96.58585151505252
1	97.195	97.08359760403312	97.30640239596687
2	97.60333333333332	97.48845282643944	97.71821384022722
3	97.78333333333333	97.66920756342125	97.89745910324541
4	97.92999999999999	97.85350260231974	98.00649739768026
5	97.97166666666666	97.80930561496058	98.13402771837276
6	98.05416666666666	97.97561327768418	98.13272005564916
7	98.16111111111111	98.03564900232627	98.28657321989596
8	98.16	98.05096381844136	98.26903618155865
9	98.19	98.07844532979546	98.30155467020454


0	95.75	95.5581924833152	95.9418075166848
1	96.82333333333332	96.76656871211358	96.88009795455308
2	97.16833333333334	97.08210581345026	97.2545608532164
3	97.37333333333333	97.26904266639771	97.47762400026896
4	97.66166666666666	97.59137187294273	97.73196146039061
5	97.70833333333333	97.5768062155361	97.83986045113056
6	97.76833333333333	97.61752276619531	97.91914390047137
7	97.87037037037038	97.73683464435125	98.0039060963895
8	97.87857142857142	97.7612264616157	97.99591639552715
9	97.94761904761906	97.84881669561312	98.04642139962499


0	94.28999999999999	94.07167302808249	94.5083269719175
1	95.81	95.68672173401528	95.93327826598471
2	96.455	96.30003086727105	96.60996913272896
3	96.725	96.64138935031504	96.80861064968495
4	96.86666666666667	96.69543294436197	97.03790038897137
5	97.01166666666666	96.90831242744333	97.11502090588999
6	97.13166666666667	97.03214621154486	97.23118712178848
7	97.1962962962963	97.06328163080948	97.3293109617831
8	97.29791666666668	97.15277374312589	97.44305959020745
9	97.38095238095238	97.26855898642994	97.49334577547482
10	97.46111111111111	97.32708513242427	97.59513708979794
11	97.39666666666666	97.30737936509347	97.48595396823985
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
