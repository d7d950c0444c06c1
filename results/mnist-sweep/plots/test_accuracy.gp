# gnuplot test_accuracy.gp  draws test_accuracy.png and test_accuracy.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'test_accuracy.png'
unit = 1.2
radius = 0.25
$seeds << EOD
-0.02959999999999999	97.21
-0.025199999999999993	97.7
-0.020799999999999996	98.02
-0.016399999999999994	98.33
-0.011999999999999997	98.07000000000001
0.07040000000000002	97.78
0.0748	98.18
0.0792	98.08
0.08360000000000001	98.08
0.08800000000000001	98.36
0.17040000000000002	98.2
0.1748	98.07000000000001
0.17920000000000003	97.95
0.1836	97.87
0.188	98.02
0.2704	97.88
0.2748	98.24000000000001
0.2792	98.21
0.2836	98.21
0.288	97.94
0.3704	98.35000000000001
0.3748	97.89
0.37920000000000004	97.92999999999999
0.38360000000000005	98.34
0.388	98.15
0.4704	98.00999999999999
0.4748	98.03
0.4792	98.35000000000001
0.48360000000000003	98.06
0.488	98.47
0.5704	97.64
0.5748	98.04
0.5791999999999999	98.00999999999999
0.5836	98.11
0.588	97.68
0.6704	97.23
0.6748	97.47
0.6791999999999999	97.58
0.6836	97.78
0.688	97.54
0.7704000000000001	96.81
0.7748	96.54
0.7792	96.55
0.7836000000000001	96.89
0.788	96.84
EOD
$means << EOD
0	97.866
0.1	98.096
0.2	98.02199999999999
0.3	98.096
0.4	98.13199999999999
0.5	98.184
0.6	97.896
0.7	97.52000000000001
0.8	96.726
EOD
$intervals << EOD
0	97.866	97.33247444793027	98.39952555206972
0.1	98.096	97.8347189605601	98.35728103943991
0.2	98.02199999999999	97.8670654071143	98.1769345928857
0.3	98.096	97.88299037879258	98.30900962120744
0.4	98.13199999999999	97.86104399241054	98.40295600758945
0.5	98.184	97.92154148258331	98.4464585174167
0.6	97.896	97.62416347892716	98.16783652107284
0.7	97.52000000000001	97.2730680233153	97.76693197668472
0.8	96.726	96.5177481082987	96.9342518917013
EOD
$chosen << EOD
0.1	98.096
EOD
$hover << EOD
-0.02959999999999999	97.21	p = 0, seed 1: test_accuracy 97.21 %
-0.025199999999999993	97.7	p = 0, seed 2: test_accuracy 97.70 %
-0.020799999999999996	98.02	p = 0, seed 3: test_accuracy 98.02 %
-0.016399999999999994	98.33	p = 0, seed 4: test_accuracy 98.33 %
-0.011999999999999997	98.07000000000001	p = 0, seed 5: test_accuracy 98.07 %
0	97.866	p = 0: test_accuracy 97.87 %, 95 % confidence interval 97.33 to 98.40 % (5 seeds)
0.07040000000000002	97.78	p = 0.1, seed 1: test_accuracy 97.78 %
0.0748	98.18	p = 0.1, seed 2: test_accuracy 98.18 %
0.0792	98.08	p = 0.1, seed 3: test_accuracy 98.08 %
0.08360000000000001	98.08	p = 0.1, seed 4: test_accuracy 98.08 %
0.08800000000000001	98.36	p = 0.1, seed 5: test_accuracy 98.36 %
0.1	98.096	p = 0.1: test_accuracy 98.10 %, 95 % confidence interval 97.83 to 98.36 % (5 seeds), chosen on validation
0.17040000000000002	98.2	p = 0.2, seed 1: test_accuracy 98.20 %
0.1748	98.07000000000001	p = 0.2, seed 2: test_accuracy 98.07 %
0.17920000000000003	97.95	p = 0.2, seed 3: test_accuracy 97.95 %
0.1836	97.87	p = 0.2, seed 4: test_accuracy 97.87 %
0.188	98.02	p = 0.2, seed 5: test_accuracy 98.02 %
0.2	98.02199999999999	p = 0.2: test_accuracy 98.02 %, 95 % confidence interval 97.87 to 98.18 % (5 seeds)
0.2704	97.88	p = 0.3, seed 1: test_accuracy 97.88 %
0.2748	98.24000000000001	p = 0.3, seed 2: test_accuracy 98.24 %
0.2792	98.21	p = 0.3, seed 3: test_accuracy 98.21 %
0.2836	98.21	p = 0.3, seed 4: test_accuracy 98.21 %
0.288	97.94	p = 0.3, seed 5: test_accuracy 97.94 %
0.3	98.096	p = 0.3: test_accuracy 98.10 %, 95 % confidence interval 97.88 to 98.31 % (5 seeds)
0.3704	98.35000000000001	p = 0.4, seed 1: test_accuracy 98.35 %
0.3748	97.89	p = 0.4, seed 2: test_accuracy 97.89 %
0.37920000000000004	97.92999999999999	p = 0.4, seed 3: test_accuracy 97.93 %
0.38360000000000005	98.34	p = 0.4, seed 4: test_accuracy 98.34 %
0.388	98.15	p = 0.4, seed 5: test_accuracy 98.15 %
0.4	98.13199999999999	p = 0.4: test_accuracy 98.13 %, 95 % confidence interval 97.86 to 98.40 % (5 seeds)
0.4704	98.00999999999999	p = 0.5, seed 1: test_accuracy 98.01 %
0.4748	98.03	p = 0.5, seed 2: test_accuracy 98.03 %
0.4792	98.35000000000001	p = 0.5, seed 3: test_accuracy 98.35 %
0.48360000000000003	98.06	p = 0.5, seed 4: test_accuracy 98.06 %
0.488	98.47	p = 0.5, seed 5: test_accuracy 98.47 %
0.5	98.184	p = 0.5: test_accuracy 98.18 %, 95 % confidence interval 97.92 to 98.45 % (5 seeds)
0.5704	97.64	p = 0.6, seed 1: test_accuracy 97.64 %
0.5748	98.04	p = 0.6, seed 2: test_accuracy 98.04 %
0.5791999999999999	98.00999999999999	p = 0.6, seed 3: test_accuracy 98.01 %
0.5836	98.11	p = 0.6, seed 4: test_accuracy 98.11 %
0.588	97.68	p = 0.6, seed 5: test_accuracy 97.68 %
0.6	97.896	p = 0.6: test_accuracy 97.90 %, 95 % confidence interval 97.62 to 98.17 % (5 seeds)
0.6704	97.23	p = 0.7, seed 1: test_accuracy 97.23 %
0.6748	97.47	p = 0.7, seed 2: test_accuracy 97.47 %
0.6791999999999999	97.58	p = 0.7, seed 3: test_accuracy 97.58 %
0.6836	97.78	p = 0.7, seed 4: test_accuracy 97.78 %
0.688	97.54	p = 0.7, seed 5: test_accuracy 97.54 %
0.7	97.52000000000001	p = 0.7: test_accuracy 97.52 %, 95 % confidence interval 97.27 to 97.77 % (5 seeds)
0.7704000000000001	96.81	p = 0.8, seed 1: test_accuracy 96.81 %
0.7748	96.54	p = 0.8, seed 2: test_accuracy 96.54 %
0.7792	96.55	p = 0.8, seed 3: test_accuracy 96.55 %
0.7836000000000001	96.89	p = 0.8, seed 4: test_accuracy 96.89 %
0.788	96.84	p = 0.8, seed 5: test_accuracy 96.84 %
0.8	96.726	p = 0.8: test_accuracy 96.73 %, 95 % confidence interval 96.52 to 96.93 % (5 seeds)
EOD
set label 1 'Test accuracy' at screen 0.02,0.95000 left font ',24' textcolor rgb '#1a1a1a'
set label 2 'mean with 95 % confidence interval over the seeds; p is chosen on validation alone' at screen 0.02,0.89375 left font ',18' textcolor rgb '#595959'
set border 3 linewidth 1.5 linecolor rgb '#595959'
set tics nomirror scale 0 textcolor rgb '#1a1a1a'
set grid linetype 1 linewidth 1 linecolor rgb '#dedede'
set format '%g'
set pointintervalbox 0
set errorbars 0.7
set lmargin at screen 0.12500
set rmargin at screen 0.96875
set tmargin at screen 0.82812
set bmargin at screen 0.20312
set label 3 'dropout p' at screen 0.54688,0.10781 center textcolor rgb '#1a1a1a'
set label 4 'test accuracy (%)' at screen 0.02917,0.51562 center rotate textcolor rgb '#1a1a1a'
set xtics ('0' 0, '0.1' 0.1, '0.2' 0.2, '0.3' 0.3, '0.4' 0.4, '0.5' 0.5, '0.6' 0.6, '0.7' 0.7, '0.8' 0.8)
set xrange [-0.07499999999999998:0.875]
set yrange [96.40061299479663:98.58713511350207]
set key outside bottom center horizontal Left reverse samplen 2 width 2 maxrows 1 font ',18' textcolor rgb '#1a1a1a'
plot $means using 1:2 with lines linecolor rgb '#0072b2' linewidth 1.5 dashtype (4,3) notitle, \
     $seeds using 1:2 with points pointtype 6 pointsize 1.20 * unit linewidth 1.5 linecolor rgb '#595959' title 'one seed', \
     $intervals using 1:2:3:4 with yerrorbars pointtype 7 pointsize 1.60 * unit linewidth 2.5 linecolor rgb '#0072b2' title 'mean, 95 % CI', \
     $means using 1:2 with points pointtype 7 pointsize 1.60 * unit linecolor rgb '#0072b2' notitle, \
     $chosen using 1:2 with points pointtype 13 pointsize 2.6 * unit linecolor rgb '#c44e00' title 'chosen p', \
     $hover using 1:2:3 with labels hypertext point pointtype 7 pointsize 9 * radius linecolor rgb '#ff000000' notitle
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'test_accuracy.svg'
unit = 0.56
radius = 0.13333333333333333
set key spacing 0.97 samplen 2.2
replot
unset output
