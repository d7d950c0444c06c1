# gnuplot val_acc_dropout.gp  draws val_acc_dropout.png and val_acc_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'val_acc_dropout.png'
unit = 1.2
radius = 0.25
$curve0 << EOD
0	97.13666666666667	97.03298445990004	97.2403488734333
1	97.58333333333334	97.34037700438145	97.82628966228523
2	97.44666666666667	96.38277705250968	98.51055628082366
3	97.98	97.72630508260687	98.23369491739314
4	98.17083333333333	98.0215293927736	98.32013727389307
5	98.18888888888888	98.06379633056446	98.31398144721331
EOD
$curve1 << EOD
0	96.94666666666667	96.62555747789888	97.26777585543446
1	97.46000000000001	97.27158556318584	97.64841443681418
2	97.68333333333334	96.8075796896387	98.55908697702797
3	98.02333333333334	97.67982205258699	98.3668446140797
4	98.07333333333334	97.77575047839113	98.37091618827554
5	98.16111111111111	98.00096071882889	98.32126150339333
6	98.43333333333334	98.1384698997841	98.72819676688258
EOD
$curve2 << EOD
0	96.91	96.47737236950621	97.34262763049378
1	97.62	97.42090482454643	97.81909517545358
2	97.9	97.51684786891425	98.28315213108576
3	97.89	97.55529449096589	98.22470550903411
4	98.2	98.09007578368106	98.30992421631895
5	98.1125	97.9734722915973	98.25152770840269
6	98.14583333333333	98.04734945610424	98.24431721056241
EOD
$curve3 << EOD
0	96.90666666666667	96.86163581304632	96.95169752028701
1	97.65	97.40761600712919	97.89238399287082
2	97.78999999999999	97.51396658817373	98.06603341182625
3	97.92999999999999	97.69096257847589	98.1690374215241
4	98.25666666666666	98.11792229741154	98.39541103592178
5	98.27916666666667	98.15416666666667	98.40416666666667
6	98.25833333333333	98.11855838193989	98.39810828472676
7	98.33333333333334	98.20750275941217	98.45916390725452
EOD
$curve4 << EOD
0	96.84333333333333	96.68063046850845	97.00603619815821
1	97.57666666666667	97.44302119868847	97.71031213464487
2	97.83666666666666	97.66776498586455	98.00556834746877
3	97.95666666666666	97.71013517217199	98.20319816116134
4	98.16	98.0761681577336	98.24383184226639
5	98.13666666666667	98.08475862832535	98.188574705008
6	98.13888888888889	97.92785088985308	98.3499268879247
EOD
$curve5 << EOD
0	96.74666666666667	96.63904077139358	96.85429256193976
1	97.38333333333334	97.21708385547284	97.54958281119384
2	97.79	97.63250220460098	97.94749779539903
3	97.84666666666666	97.61232361328837	98.08100972004496
4	97.99666666666666	97.91467750749166	98.07865582584165
5	98.20333333333333	98.13421186215557	98.2724548045111
6	98.22333333333333	98.0860987409984	98.36056792566826
7	98.17666666666666	98.00402381116562	98.3493095221677
8	98.33333333333334	98.23195395782837	98.43471270883832
EOD
$curve6 << EOD
0	96.38	96.0634649396284	96.69653506037159
1	97.20333333333333	97.06269984593513	97.34396682073154
2	97.6	97.44144752007966	97.75855247992033
3	97.78333333333333	97.64044643167098	97.92622023499568
4	97.91	97.83398830499338	97.98601169500661
5	98.01666666666667	97.85464814920647	98.17868518412686
6	98.075	97.97091670002669	98.17908329997331
7	98.12083333333334	97.98449565342436	98.25717101324231
8	98.12222222222222	97.99602425898222	98.24842018546222
9	98.16111111111111	98.05267099280032	98.26955122942191
EOD
$curve7 << EOD
0	95.80000000000001	95.64953774928945	95.95046225071057
1	96.82666666666667	96.74621654409235	96.90711678924099
2	97.16	97.05618392331735	97.26381607668264
3	97.34	97.27588205312776	97.40411794687225
4	97.62	97.57527864045001	97.66472135955
5	97.73666666666666	97.61976214722166	97.85357118611167
6	97.74666666666667	97.56356074710703	97.9297725862263
7	97.87666666666667	97.7790563302377	97.97427700309564
8	97.90833333333333	97.78930952619095	98.02735714047571
9	97.89166666666667	97.79496169341373	97.9883716399196
EOD
$curve8 << EOD
0	94.35333333333334	94.15704839306083	94.54961827360584
1	95.75333333333333	95.7070852102483	95.79958145641837
2	96.43666666666667	96.27619860130785	96.59713473202548
3	96.71333333333334	96.65278032625139	96.77388634041529
4	96.86666666666666	96.66051138538577	97.07282194794755
5	97.05666666666667	96.96645087598183	97.14688245735151
6	97.17666666666666	97.0887904911569	97.26454284217643
7	97.19666666666667	97.05752245690174	97.33581087643161
8	97.29166666666667	97.18408379593869	97.39924953739465
9	97.40833333333333	97.2767475635297	97.53991910313697
10	97.42777777777778	97.31071495830163	97.54484059725392
EOD
$hover << EOD
0	97.13666666666667	p = 0, epoch 0: val_accuracy 97.14 ± 0.10 % (5 seeds)
1	97.58333333333334	p = 0, epoch 1: val_accuracy 97.58 ± 0.24 % (5 seeds)
2	97.44666666666667	p = 0, epoch 2: val_accuracy 97.45 ± 1.06 % (5 seeds)
3	97.98	p = 0, epoch 3: val_accuracy 97.98 ± 0.25 % (5 seeds)
4	98.17083333333333	p = 0, epoch 4: val_accuracy 98.17 ± 0.15 % (4 seeds)
5	98.18888888888888	p = 0, epoch 5: val_accuracy 98.19 ± 0.13 % (3 seeds)
0	96.94666666666667	p = 0.1, epoch 0: val_accuracy 96.95 ± 0.32 % (5 seeds)
1	97.46000000000001	p = 0.1, epoch 1: val_accuracy 97.46 ± 0.19 % (5 seeds)
2	97.68333333333334	p = 0.1, epoch 2: val_accuracy 97.68 ± 0.88 % (5 seeds)
3	98.02333333333334	p = 0.1, epoch 3: val_accuracy 98.02 ± 0.34 % (5 seeds)
4	98.07333333333334	p = 0.1, epoch 4: val_accuracy 98.07 ± 0.30 % (5 seeds)
5	98.16111111111111	p = 0.1, epoch 5: val_accuracy 98.16 ± 0.16 % (3 seeds)
6	98.43333333333334	p = 0.1, epoch 6: val_accuracy 98.43 ± 0.29 % (3 seeds)
0	96.91	p = 0.2, epoch 0: val_accuracy 96.91 ± 0.43 % (5 seeds)
1	97.62	p = 0.2, epoch 1: val_accuracy 97.62 ± 0.20 % (5 seeds)
2	97.9	p = 0.2, epoch 2: val_accuracy 97.90 ± 0.38 % (5 seeds)
3	97.89	p = 0.2, epoch 3: val_accuracy 97.89 ± 0.33 % (5 seeds)
4	98.2	p = 0.2, epoch 4: val_accuracy 98.20 ± 0.11 % (5 seeds)
5	98.1125	p = 0.2, epoch 5: val_accuracy 98.11 ± 0.14 % (4 seeds)
6	98.14583333333333	p = 0.2, epoch 6: val_accuracy 98.15 ± 0.10 % (4 seeds)
0	96.90666666666667	p = 0.3, epoch 0: val_accuracy 96.91 ± 0.05 % (5 seeds)
1	97.65	p = 0.3, epoch 1: val_accuracy 97.65 ± 0.24 % (5 seeds)
2	97.78999999999999	p = 0.3, epoch 2: val_accuracy 97.79 ± 0.28 % (5 seeds)
3	97.92999999999999	p = 0.3, epoch 3: val_accuracy 97.93 ± 0.24 % (5 seeds)
4	98.25666666666666	p = 0.3, epoch 4: val_accuracy 98.26 ± 0.14 % (5 seeds)
5	98.27916666666667	p = 0.3, epoch 5: val_accuracy 98.28 ± 0.13 % (4 seeds)
6	98.25833333333333	p = 0.3, epoch 6: val_accuracy 98.26 ± 0.14 % (4 seeds)
7	98.33333333333334	p = 0.3, epoch 7: val_accuracy 98.33 ± 0.13 % (3 seeds)
0	96.84333333333333	p = 0.4, epoch 0: val_accuracy 96.84 ± 0.16 % (5 seeds)
1	97.57666666666667	p = 0.4, epoch 1: val_accuracy 97.58 ± 0.13 % (5 seeds)
2	97.83666666666666	p = 0.4, epoch 2: val_accuracy 97.84 ± 0.17 % (5 seeds)
3	97.95666666666666	p = 0.4, epoch 3: val_accuracy 97.96 ± 0.25 % (5 seeds)
4	98.16	p = 0.4, epoch 4: val_accuracy 98.16 ± 0.08 % (5 seeds)
5	98.13666666666667	p = 0.4, epoch 5: val_accuracy 98.14 ± 0.05 % (5 seeds)
6	98.13888888888889	p = 0.4, epoch 6: val_accuracy 98.14 ± 0.21 % (3 seeds)
0	96.74666666666667	p = 0.5, epoch 0: val_accuracy 96.75 ± 0.11 % (5 seeds)
1	97.38333333333334	p = 0.5, epoch 1: val_accuracy 97.38 ± 0.17 % (5 seeds)
2	97.79	p = 0.5, epoch 2: val_accuracy 97.79 ± 0.16 % (5 seeds)
3	97.84666666666666	p = 0.5, epoch 3: val_accuracy 97.85 ± 0.23 % (5 seeds)
4	97.99666666666666	p = 0.5, epoch 4: val_accuracy 98.00 ± 0.08 % (5 seeds)
5	98.20333333333333	p = 0.5, epoch 5: val_accuracy 98.20 ± 0.07 % (5 seeds)
6	98.22333333333333	p = 0.5, epoch 6: val_accuracy 98.22 ± 0.14 % (5 seeds)
7	98.17666666666666	p = 0.5, epoch 7: val_accuracy 98.18 ± 0.17 % (5 seeds)
8	98.33333333333334	p = 0.5, epoch 8: val_accuracy 98.33 ± 0.10 % (3 seeds)
0	96.38	p = 0.6, epoch 0: val_accuracy 96.38 ± 0.32 % (5 seeds)
1	97.20333333333333	p = 0.6, epoch 1: val_accuracy 97.20 ± 0.14 % (5 seeds)
2	97.6	p = 0.6, epoch 2: val_accuracy 97.60 ± 0.16 % (5 seeds)
3	97.78333333333333	p = 0.6, epoch 3: val_accuracy 97.78 ± 0.14 % (5 seeds)
4	97.91	p = 0.6, epoch 4: val_accuracy 97.91 ± 0.08 % (5 seeds)
5	98.01666666666667	p = 0.6, epoch 5: val_accuracy 98.02 ± 0.16 % (5 seeds)
6	98.075	p = 0.6, epoch 6: val_accuracy 98.08 ± 0.10 % (4 seeds)
7	98.12083333333334	p = 0.6, epoch 7: val_accuracy 98.12 ± 0.14 % (4 seeds)
8	98.12222222222222	p = 0.6, epoch 8: val_accuracy 98.12 ± 0.13 % (3 seeds)
9	98.16111111111111	p = 0.6, epoch 9: val_accuracy 98.16 ± 0.11 % (3 seeds)
0	95.80000000000001	p = 0.7, epoch 0: val_accuracy 95.80 ± 0.15 % (5 seeds)
1	96.82666666666667	p = 0.7, epoch 1: val_accuracy 96.83 ± 0.08 % (5 seeds)
2	97.16	p = 0.7, epoch 2: val_accuracy 97.16 ± 0.10 % (5 seeds)
3	97.34	p = 0.7, epoch 3: val_accuracy 97.34 ± 0.06 % (5 seeds)
4	97.62	p = 0.7, epoch 4: val_accuracy 97.62 ± 0.04 % (5 seeds)
5	97.73666666666666	p = 0.7, epoch 5: val_accuracy 97.74 ± 0.12 % (5 seeds)
6	97.74666666666667	p = 0.7, epoch 6: val_accuracy 97.75 ± 0.18 % (5 seeds)
7	97.87666666666667	p = 0.7, epoch 7: val_accuracy 97.88 ± 0.10 % (5 seeds)
8	97.90833333333333	p = 0.7, epoch 8: val_accuracy 97.91 ± 0.12 % (4 seeds)
9	97.89166666666667	p = 0.7, epoch 9: val_accuracy 97.89 ± 0.10 % (4 seeds)
0	94.35333333333334	p = 0.8, epoch 0: val_accuracy 94.35 ± 0.20 % (5 seeds)
1	95.75333333333333	p = 0.8, epoch 1: val_accuracy 95.75 ± 0.05 % (5 seeds)
2	96.43666666666667	p = 0.8, epoch 2: val_accuracy 96.44 ± 0.16 % (5 seeds)
3	96.71333333333334	p = 0.8, epoch 3: val_accuracy 96.71 ± 0.06 % (5 seeds)
4	96.86666666666666	p = 0.8, epoch 4: val_accuracy 96.87 ± 0.21 % (5 seeds)
5	97.05666666666667	p = 0.8, epoch 5: val_accuracy 97.06 ± 0.09 % (5 seeds)
6	97.17666666666666	p = 0.8, epoch 6: val_accuracy 97.18 ± 0.09 % (5 seeds)
7	97.19666666666667	p = 0.8, epoch 7: val_accuracy 97.20 ± 0.14 % (5 seeds)
8	97.29166666666667	p = 0.8, epoch 8: val_accuracy 97.29 ± 0.11 % (4 seeds)
9	97.40833333333333	p = 0.8, epoch 9: val_accuracy 97.41 ± 0.13 % (4 seeds)
10	97.42777777777778	p = 0.8, epoch 10: val_accuracy 97.43 ± 0.12 % (3 seeds)
EOD
set label 1 'Validation accuracy' at screen 0.02,0.95000 left font ',24' textcolor rgb '#1a1a1a'
set label 2 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd' at screen 0.02,0.89375 left font ',18' textcolor rgb '#595959'
set border 3 linewidth 1.5 linecolor rgb '#595959'
set tics nomirror scale 0 textcolor rgb '#1a1a1a'
set grid linetype 1 linewidth 1 linecolor rgb '#dedede'
set format '%g'
set pointintervalbox 0
set errorbars 0.7
set lmargin at screen 0.12500
set rmargin at screen 0.79688
set tmargin at screen 0.82812
set bmargin at screen 0.12500
set label 3 'epoch' at screen 0.46094,0.02969 center textcolor rgb '#1a1a1a'
set label 4 'validation accuracy (%)' at screen 0.02917,0.47656 center rotate textcolor rgb '#1a1a1a'
set key at screen 0.81563,0.80625 left top vertical Left reverse samplen 3 spacing 1.25 font ',19' textcolor rgb '#1a1a1a'
set label 5 'dropout p' at screen 0.82604,0.82812 left font ',18' textcolor rgb '#1a1a1a'
set xrange [-0.3:10.3]
set xtics 0,1
set yrange [93.97420245810797:98.91104270183544]
plot $curve0 using 1:3:4 with filledcurves fillcolor rgb '#002471' fillstyle transparent solid 0.12 noborder notitle, \
     $curve1 using 1:3:4 with filledcurves fillcolor rgb '#340799' fillstyle transparent solid 0.12 noborder notitle, \
     $curve2 using 1:3:4 with filledcurves fillcolor rgb '#5a009a' fillstyle transparent solid 0.12 noborder notitle, \
     $curve3 using 1:3:4 with filledcurves fillcolor rgb '#7d038d' fillstyle transparent solid 0.12 noborder notitle, \
     $curve4 using 1:3:4 with filledcurves fillcolor rgb '#9d0179' fillstyle transparent solid 0.12 noborder notitle, \
     $curve5 using 1:3:4 with filledcurves fillcolor rgb '#b70c63' fillstyle transparent solid 0.12 noborder notitle, \
     $curve6 using 1:3:4 with filledcurves fillcolor rgb '#ca2949' fillstyle transparent solid 0.12 noborder notitle, \
     $curve7 using 1:3:4 with filledcurves fillcolor rgb '#d4472c' fillstyle transparent solid 0.12 noborder notitle, \
     $curve8 using 1:3:4 with filledcurves fillcolor rgb '#d76504' fillstyle transparent solid 0.12 noborder notitle, \
     $curve0 using 1:2 with linespoints linecolor rgb '#002471' linewidth 2.5 dashtype solid pointtype 7 pointsize 1.4 * unit title '0', \
     $curve1 using 1:2 with linespoints linecolor rgb '#340799' linewidth 2.5 dashtype (12,4) pointtype 5 pointsize 1.4 * unit title '0.1', \
     $curve2 using 1:2 with linespoints linecolor rgb '#5a009a' linewidth 2.5 dashtype (4,3) pointtype 9 pointsize 1.4 * unit title '0.2', \
     $curve3 using 1:2 with linespoints linecolor rgb '#7d038d' linewidth 2.5 dashtype (14,4,3,4) pointtype 13 pointsize 1.4 * unit title '0.3', \
     $curve4 using 1:2 with linespoints linecolor rgb '#9d0179' linewidth 2.5 dashtype (12,4,3,4,3,4) pointtype 11 pointsize 1.4 * unit title '0.4', \
     $curve5 using 1:2 with linespoints linecolor rgb '#b70c63' linewidth 2.5 dashtype solid pointtype 6 pointsize 1.4 * unit title '0.5', \
     $curve6 using 1:2 with linespoints linecolor rgb '#ca2949' linewidth 2.5 dashtype (12,4) pointtype 4 pointsize 1.4 * unit title '0.6', \
     $curve7 using 1:2 with linespoints linecolor rgb '#d4472c' linewidth 2.5 dashtype (4,3) pointtype 8 pointsize 1.4 * unit title '0.7', \
     $curve8 using 1:2 with linespoints linecolor rgb '#d76504' linewidth 2.5 dashtype (14,4,3,4) pointtype 12 pointsize 1.4 * unit title '0.8', \
     $hover using 1:2:3 with labels hypertext point pointtype 7 pointsize 11 * radius linecolor rgb '#ff000000' notitle
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'val_acc_dropout.svg'
unit = 0.56
radius = 0.13333333333333333
set key spacing 0.97 samplen 2.2
replot
unset output
