# gnuplot val_acc_dropout.gp  draws val_acc_dropout.png and val_acc_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'val_acc_dropout.png'
unit = 1.2
radius = 0.25
$curve0 << EOD
0	97.15	97.01459935992274	97.28540064007727
1	97.52666666666667	97.33862116389909	97.71471216943425
2	97.58333333333333	96.68650249334422	98.48016417332244
3	97.9	97.76823843082633	98.03176156917368
4	98.16111111111111	98.0263960483002	98.29582617392202
EOD
$curve1 << EOD
0	97.16333333333334	97.00904284251958	97.3176238241471
1	97.46666666666667	97.26084851607953	97.6724848172538
2	97.72	97.11236341270278	98.32763658729722
3	98.05333333333333	97.82560298596805	98.28106368069861
4	98.04333333333334	97.75499518308456	98.33167148358211
5	98.11666666666666	98.06666666666666	98.16666666666666
EOD
$curve2 << EOD
0	97.02	96.57599674675866	97.46400325324133
1	97.58	97.4691948657427	97.6908051342573
2	97.74333333333334	97.43273355512636	98.05393311154032
3	97.93666666666667	97.72212581326626	98.15120752006708
4	98.02083333333334	97.87721926716989	98.1644473994968
EOD
$curve3 << EOD
0	96.98	96.70176149319933	97.25823850680068
1	97.65	97.48208798600325	97.81791201399676
2	97.76	97.59060565403638	97.92939434596363
3	97.95666666666666	97.88250468179571	98.03082865153762
4	98.14166666666667	97.98267679976384	98.3006565335695
5	98.2	98.07161977768565	98.32838022231435
6	98.22222222222223	98.0875071594113	98.35693728503315
EOD
$curve4 << EOD
0	96.9	96.84107443490113	96.95892556509888
1	97.52	97.36303220429372	97.67696779570628
2	97.72666666666666	97.50884920996393	97.94448412336939
3	97.98333333333333	97.84289750378039	98.12376916288628
4	98.1	97.94785484513746	98.25214515486253
5	98.15416666666667	98.00990930919335	98.29842402413999
6	98.25	98.1056624327026	98.3943375672974
EOD
$curve5 << EOD
0	96.71000000000001	96.65651064488041	96.7634893551196
1	97.39666666666666	97.32654772010679	97.46678561322653
2	97.64	97.3627115420922	97.9172884579078
3	97.87333333333333	97.72679930239778	98.01986736426889
4	97.97	97.82936651260181	98.11063348739819
5	98.03333333333333	97.91085884619417	98.15580782047249
6	98.24166666666667	98.11657410834225	98.3667592249911
7	98.07777777777778	97.99225108712034	98.16330446843523
EOD
$curve6 << EOD
0	96.43666666666667	96.21108100912416	96.66225232420918
1	97.23333333333333	97.09539212202294	97.37127454464373
2	97.60666666666667	97.5180037594782	97.69532957385513
3	97.78333333333333	97.68195395782837	97.8847127088383
4	97.87	97.82375187691497	97.91624812308504
5	97.94999999999999	97.7996916749059	98.10030832509408
EOD
$curve7 << EOD
0	95.92333333333333	95.78064096804664	96.06602569862002
1	96.81666666666666	96.62847350348939	97.00485982984394
2	97.16666666666667	97.06392643328385	97.26940690004949
3	97.36333333333333	97.22927281631873	97.49739385034793
4	97.48333333333333	97.38979189866399	97.57687476800268
5	97.67666666666666	97.52318847422372	97.83014485910961
6	97.775	97.56048072692992	97.98951927307009
EOD
$curve8 << EOD
0	94.42999999999999	94.17712761233292	94.68287238766706
1	95.81333333333333	95.68509743958886	95.9415692270778
2	96.45666666666666	96.31446180661533	96.598871526718
3	96.71000000000001	96.63678039121172	96.7832196087883
4	96.87	96.74394886399207	96.99605113600794
5	97.02666666666667	96.95937790253939	97.09395543079395
EOD
$hover << EOD
0	97.15	p = 0, epoch 0: val_accuracy 97.15 ± 0.14 % (5 seeds)
1	97.52666666666667	p = 0, epoch 1: val_accuracy 97.53 ± 0.19 % (5 seeds)
2	97.58333333333333	p = 0, epoch 2: val_accuracy 97.58 ± 0.90 % (5 seeds)
3	97.9	p = 0, epoch 3: val_accuracy 97.90 ± 0.13 % (5 seeds)
4	98.16111111111111	p = 0, epoch 4: val_accuracy 98.16 ± 0.13 % (3 seeds)
0	97.16333333333334	p = 0.1, epoch 0: val_accuracy 97.16 ± 0.15 % (5 seeds)
1	97.46666666666667	p = 0.1, epoch 1: val_accuracy 97.47 ± 0.21 % (5 seeds)
2	97.72	p = 0.1, epoch 2: val_accuracy 97.72 ± 0.61 % (5 seeds)
3	98.05333333333333	p = 0.1, epoch 3: val_accuracy 98.05 ± 0.23 % (5 seeds)
4	98.04333333333334	p = 0.1, epoch 4: val_accuracy 98.04 ± 0.29 % (5 seeds)
5	98.11666666666666	p = 0.1, epoch 5: val_accuracy 98.12 ± 0.05 % (3 seeds)
0	97.02	p = 0.2, epoch 0: val_accuracy 97.02 ± 0.44 % (5 seeds)
1	97.58	p = 0.2, epoch 1: val_accuracy 97.58 ± 0.11 % (5 seeds)
2	97.74333333333334	p = 0.2, epoch 2: val_accuracy 97.74 ± 0.31 % (5 seeds)
3	97.93666666666667	p = 0.2, epoch 3: val_accuracy 97.94 ± 0.21 % (5 seeds)
4	98.02083333333334	p = 0.2, epoch 4: val_accuracy 98.02 ± 0.14 % (4 seeds)
0	96.98	p = 0.3, epoch 0: val_accuracy 96.98 ± 0.28 % (5 seeds)
1	97.65	p = 0.3, epoch 1: val_accuracy 97.65 ± 0.17 % (5 seeds)
2	97.76	p = 0.3, epoch 2: val_accuracy 97.76 ± 0.17 % (5 seeds)
3	97.95666666666666	p = 0.3, epoch 3: val_accuracy 97.96 ± 0.07 % (5 seeds)
4	98.14166666666667	p = 0.3, epoch 4: val_accuracy 98.14 ± 0.16 % (4 seeds)
5	98.2	p = 0.3, epoch 5: val_accuracy 98.20 ± 0.13 % (4 seeds)
6	98.22222222222223	p = 0.3, epoch 6: val_accuracy 98.22 ± 0.13 % (3 seeds)
0	96.9	p = 0.4, epoch 0: val_accuracy 96.90 ± 0.06 % (5 seeds)
1	97.52	p = 0.4, epoch 1: val_accuracy 97.52 ± 0.16 % (5 seeds)
2	97.72666666666666	p = 0.4, epoch 2: val_accuracy 97.73 ± 0.22 % (5 seeds)
3	97.98333333333333	p = 0.4, epoch 3: val_accuracy 97.98 ± 0.14 % (5 seeds)
4	98.1	p = 0.4, epoch 4: val_accuracy 98.10 ± 0.15 % (4 seeds)
5	98.15416666666667	p = 0.4, epoch 5: val_accuracy 98.15 ± 0.14 % (4 seeds)
6	98.25	p = 0.4, epoch 6: val_accuracy 98.25 ± 0.14 % (3 seeds)
0	96.71000000000001	p = 0.5, epoch 0: val_accuracy 96.71 ± 0.05 % (5 seeds)
1	97.39666666666666	p = 0.5, epoch 1: val_accuracy 97.40 ± 0.07 % (5 seeds)
2	97.64	p = 0.5, epoch 2: val_accuracy 97.64 ± 0.28 % (5 seeds)
3	97.87333333333333	p = 0.5, epoch 3: val_accuracy 97.87 ± 0.15 % (5 seeds)
4	97.97	p = 0.5, epoch 4: val_accuracy 97.97 ± 0.14 % (5 seeds)
5	98.03333333333333	p = 0.5, epoch 5: val_accuracy 98.03 ± 0.12 % (5 seeds)
6	98.24166666666667	p = 0.5, epoch 6: val_accuracy 98.24 ± 0.13 % (4 seeds)
7	98.07777777777778	p = 0.5, epoch 7: val_accuracy 98.08 ± 0.09 % (3 seeds)
0	96.43666666666667	p = 0.6, epoch 0: val_accuracy 96.44 ± 0.23 % (5 seeds)
1	97.23333333333333	p = 0.6, epoch 1: val_accuracy 97.23 ± 0.14 % (5 seeds)
2	97.60666666666667	p = 0.6, epoch 2: val_accuracy 97.61 ± 0.09 % (5 seeds)
3	97.78333333333333	p = 0.6, epoch 3: val_accuracy 97.78 ± 0.10 % (5 seeds)
4	97.87	p = 0.6, epoch 4: val_accuracy 97.87 ± 0.05 % (5 seeds)
5	97.94999999999999	p = 0.6, epoch 5: val_accuracy 97.95 ± 0.15 % (4 seeds)
0	95.92333333333333	p = 0.7, epoch 0: val_accuracy 95.92 ± 0.14 % (5 seeds)
1	96.81666666666666	p = 0.7, epoch 1: val_accuracy 96.82 ± 0.19 % (5 seeds)
2	97.16666666666667	p = 0.7, epoch 2: val_accuracy 97.17 ± 0.10 % (5 seeds)
3	97.36333333333333	p = 0.7, epoch 3: val_accuracy 97.36 ± 0.13 % (5 seeds)
4	97.48333333333333	p = 0.7, epoch 4: val_accuracy 97.48 ± 0.09 % (5 seeds)
5	97.67666666666666	p = 0.7, epoch 5: val_accuracy 97.68 ± 0.15 % (5 seeds)
6	97.775	p = 0.7, epoch 6: val_accuracy 97.78 ± 0.21 % (4 seeds)
0	94.42999999999999	p = 0.8, epoch 0: val_accuracy 94.43 ± 0.25 % (5 seeds)
1	95.81333333333333	p = 0.8, epoch 1: val_accuracy 95.81 ± 0.13 % (5 seeds)
2	96.45666666666666	p = 0.8, epoch 2: val_accuracy 96.46 ± 0.14 % (5 seeds)
3	96.71000000000001	p = 0.8, epoch 3: val_accuracy 96.71 ± 0.07 % (5 seeds)
4	96.87	p = 0.8, epoch 4: val_accuracy 96.87 ± 0.13 % (5 seeds)
5	97.02666666666667	p = 0.8, epoch 5: val_accuracy 97.03 ± 0.07 % (5 seeds)
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
set xrange [-0.3:7.3]
set xtics 0,1
set yrange [94.00500614989335:98.65228563576201]
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
