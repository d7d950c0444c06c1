# gnuplot test_accuracy.gp  draws test_accuracy.png and test_accuracy.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'test_accuracy.png'
unit = 1.2
radius = 0.25
$seeds << EOD
-0.02959999999999999	97.44
-0.025199999999999993	97.78999999999999
-0.020799999999999996	98.14
-0.016399999999999994	98.24000000000001
-0.011999999999999997	97.84
0.07040000000000002	97.58
0.0748	98.04
0.0792	98.05
0.08360000000000001	97.82
0.08800000000000001	98.02
0.17040000000000002	97.59
0.1748	98.25
0.17920000000000003	98.03
0.1836	97.89
0.188	97.59
0.2704	97.39
0.2748	97.75
0.2792	98.06
0.2836	98.39
0.288	97.91
0.3704	97.49
0.3748	98.05
0.37920000000000004	98.28
0.38360000000000005	97.97
0.388	98.14
0.4704	97.96000000000001
0.4748	98.03
0.4792	97.98
0.48360000000000003	97.8
0.488	97.86
0.5704	97.74000000000001
0.5748	97.35000000000001
0.5791999999999999	97.67
0.5836	97.63
0.588	97.5
0.6704	97.5
0.6748	97.19
0.6791999999999999	97.06
0.6836	97.36
0.688	97.17
0.7704000000000001	96.15
0.7748	95.89
0.7792	96.52
0.7836000000000001	96.39
0.788	96.17999999999999
EOD
$means << EOD
0	97.89
0.1	97.902
0.2	97.87
0.3	97.89999999999999
0.4	97.986
0.5	97.926
0.6	97.578
0.7	97.256
0.8	96.226
EOD
$intervals << EOD
0	97.89	97.49735136770448	98.2826486322955
0.1	97.902	97.64960296694123	98.15439703305877
0.2	97.87	97.51487541365485	98.22512458634515
0.3	97.89999999999999	97.44024885827646	98.35975114172354
0.4	97.986	97.61323187041788	98.35876812958215
0.5	97.926	97.80965402940652	98.04234597059349
0.6	97.578	97.38616391686267	97.76983608313733
0.7	97.256	97.04047202184857	97.47152797815141
0.8	96.226	95.92560454942858	96.52639545057141
EOD
$chosen << EOD
0.4	97.986
EOD
$hover << EOD
-0.02959999999999999	97.44	p = 0, seed 1: test_accuracy 97.44 %
-0.025199999999999993	97.78999999999999	p = 0, seed 2: test_accuracy 97.79 %
-0.020799999999999996	98.14	p = 0, seed 3: test_accuracy 98.14 %
-0.016399999999999994	98.24000000000001	p = 0, seed 4: test_accuracy 98.24 %
-0.011999999999999997	97.84	p = 0, seed 5: test_accuracy 97.84 %
0	97.89	p = 0: test_accuracy 97.89 %, 95 % confidence interval 97.50 to 98.28 % (5 seeds)
0.07040000000000002	97.58	p = 0.1, seed 1: test_accuracy 97.58 %
0.0748	98.04	p = 0.1, seed 2: test_accuracy 98.04 %
0.0792	98.05	p = 0.1, seed 3: test_accuracy 98.05 %
0.08360000000000001	97.82	p = 0.1, seed 4: test_accuracy 97.82 %
0.08800000000000001	98.02	p = 0.1, seed 5: test_accuracy 98.02 %
0.1	97.902	p = 0.1: test_accuracy 97.90 %, 95 % confidence interval 97.65 to 98.15 % (5 seeds)
0.17040000000000002	97.59	p = 0.2, seed 1: test_accuracy 97.59 %
0.1748	98.25	p = 0.2, seed 2: test_accuracy 98.25 %
0.17920000000000003	98.03	p = 0.2, seed 3: test_accuracy 98.03 %
0.1836	97.89	p = 0.2, seed 4: test_accuracy 97.89 %
0.188	97.59	p = 0.2, seed 5: test_accuracy 97.59 %
0.2	97.87	p = 0.2: test_accuracy 97.87 %, 95 % confidence interval 97.51 to 98.23 % (5 seeds)
0.2704	97.39	p = 0.3, seed 1: test_accuracy 97.39 %
0.2748	97.75	p = 0.3, seed 2: test_accuracy 97.75 %
0.2792	98.06	p = 0.3, seed 3: test_accuracy 98.06 %
0.2836	98.39	p = 0.3, seed 4: test_accuracy 98.39 %
0.288	97.91	p = 0.3, seed 5: test_accuracy 97.91 %
0.3	97.89999999999999	p = 0.3: test_accuracy 97.90 %, 95 % confidence interval 97.44 to 98.36 % (5 seeds)
0.3704	97.49	p = 0.4, seed 1: test_accuracy 97.49 %
0.3748	98.05	p = 0.4, seed 2: test_accuracy 98.05 %
0.37920000000000004	98.28	p = 0.4, seed 3: test_accuracy 98.28 %
0.38360000000000005	97.97	p = 0.4, seed 4: test_accuracy 97.97 %
0.388	98.14	p = 0.4, seed 5: test_accuracy 98.14 %
0.4	97.986	p = 0.4: test_accuracy 97.99 %, 95 % confidence interval 97.61 to 98.36 % (5 seeds), chosen on validation
0.4704	97.96000000000001	p = 0.5, seed 1: test_accuracy 97.96 %
0.4748	98.03	p = 0.5, seed 2: test_accuracy 98.03 %
0.4792	97.98	p = 0.5, seed 3: test_accuracy 97.98 %
0.48360000000000003	97.8	p = 0.5, seed 4: test_accuracy 97.80 %
0.488	97.86	p = 0.5, seed 5: test_accuracy 97.86 %
0.5	97.926	p = 0.5: test_accuracy 97.93 %, 95 % confidence interval 97.81 to 98.04 % (5 seeds)
0.5704	97.74000000000001	p = 0.6, seed 1: test_accuracy 97.74 %
0.5748	97.35000000000001	p = 0.6, seed 2: test_accuracy 97.35 %
0.5791999999999999	97.67	p = 0.6, seed 3: test_accuracy 97.67 %
0.5836	97.63	p = 0.6, seed 4: test_accuracy 97.63 %
0.588	97.5	p = 0.6, seed 5: test_accuracy 97.50 %
0.6	97.578	p = 0.6: test_accuracy 97.58 %, 95 % confidence interval 97.39 to 97.77 % (5 seeds)
0.6704	97.5	p = 0.7, seed 1: test_accuracy 97.50 %
0.6748	97.19	p = 0.7, seed 2: test_accuracy 97.19 %
0.6791999999999999	97.06	p = 0.7, seed 3: test_accuracy 97.06 %
0.6836	97.36	p = 0.7, seed 4: test_accuracy 97.36 %
0.688	97.17	p = 0.7, seed 5: test_accuracy 97.17 %
0.7	97.256	p = 0.7: test_accuracy 97.26 %, 95 % confidence interval 97.04 to 97.47 % (5 seeds)
0.7704000000000001	96.15	p = 0.8, seed 1: test_accuracy 96.15 %
0.7748	95.89	p = 0.8, seed 2: test_accuracy 95.89 %
0.7792	96.52	p = 0.8, seed 3: test_accuracy 96.52 %
0.7836000000000001	96.39	p = 0.8, seed 4: test_accuracy 96.39 %
0.788	96.17999999999999	p = 0.8, seed 5: test_accuracy 96.18 %
0.8	96.226	p = 0.8: test_accuracy 96.23 %, 95 % confidence interval 95.93 to 96.53 % (5 seeds)
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
set yrange [95.74:98.54]
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
