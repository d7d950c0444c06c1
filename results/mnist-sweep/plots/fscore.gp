# gnuplot fscore.gp  draws fscore.png and fscore.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'fscore.png'
unit = 1.2
radius = 0.25
$precision << EOD
-0.12	98.7792472024415
0.88	99.46902654867257
1.88	98.45261121856866
2.88	97.4559686888454
3.88	98.05725971370143
4.88	98.85844748858447
5.88	98.33506763787722
6.88	98.07135969141754
7.88	98.95506792058517
8.88	97.16242661448142
EOD
$recall << EOD
0.12	99.08163265306122
1.12	99.03083700440529
2.12	98.64341085271317
3.12	98.61386138613861
4.12	97.65784114052953
5.12	97.08520179372198
6.12	98.64300626304802
7.12	98.92996108949417
8.12	97.22792607802874
9.12	98.41427155599604
EOD
$f1 << EOD
0	98.9302088639837	-0.3	0.3
1	99.24944812362031	0.7	1.3
2	98.54791868344628	1.7	2.3
3	98.03149606299213	2.7	3.3
4	97.85714285714285	3.7	4.3
5	97.96380090497738	4.7	5.3
6	98.48879624804586	5.7	6.3
7	98.49878934624698	6.7	7.3
8	98.08389435525633	7.7	8.3
9	97.78434268833087	8.7	9.3
EOD
$hover << EOD
-0.12	98.7792472024415	class 0: precision 98.78 %
0.12	99.08163265306122	class 0: recall 99.08 % of 980 images
0	98.9302088639837	class 0: F1 98.93 %
0.88	99.46902654867257	class 1: precision 99.47 %
1.12	99.03083700440529	class 1: recall 99.03 % of 1135 images
1	99.24944812362031	class 1: F1 99.25 %
1.88	98.45261121856866	class 2: precision 98.45 %
2.12	98.64341085271317	class 2: recall 98.64 % of 1032 images
2	98.54791868344628	class 2: F1 98.55 %
2.88	97.4559686888454	class 3: precision 97.46 %
3.12	98.61386138613861	class 3: recall 98.61 % of 1010 images
3	98.03149606299213	class 3: F1 98.03 %
3.88	98.05725971370143	class 4: precision 98.06 %
4.12	97.65784114052953	class 4: recall 97.66 % of 982 images
4	97.85714285714285	class 4: F1 97.86 %
4.88	98.85844748858447	class 5: precision 98.86 %
5.12	97.08520179372198	class 5: recall 97.09 % of 892 images
5	97.96380090497738	class 5: F1 97.96 %
5.88	98.33506763787722	class 6: precision 98.34 %
6.12	98.64300626304802	class 6: recall 98.64 % of 958 images
6	98.48879624804586	class 6: F1 98.49 %
6.88	98.07135969141754	class 7: precision 98.07 %
7.12	98.92996108949417	class 7: recall 98.93 % of 1028 images
7	98.49878934624698	class 7: F1 98.50 %
7.88	98.95506792058517	class 8: precision 98.96 %
8.12	97.22792607802874	class 8: recall 97.23 % of 974 images
8	98.08389435525633	class 8: F1 98.08 %
8.88	97.16242661448142	class 9: precision 97.16 %
9.12	98.41427155599604	class 9: recall 98.41 % of 1009 images
9	97.78434268833087	class 9: F1 97.78 %
EOD
set label 1 'Precision and recall of each class' at screen 0.02,0.95000 left font ',24' textcolor rgb '#1a1a1a'
set label 2 'p0.1-s5 on the test set: accuracy 98.36 %, mean F1 of the classes 98.34 %' at screen 0.02,0.89375 left font ',18' textcolor rgb '#595959'
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
set label 3 'class' at screen 0.54688,0.10781 center textcolor rgb '#1a1a1a'
set label 4 'share (%)' at screen 0.02917,0.51562 center rotate textcolor rgb '#1a1a1a'
set xrange [-0.6:9.6]
set xtics 0,1
set yrange [96.89449581332593:99.65973252906862]
set key outside bottom center horizontal Left reverse samplen 2 width 2 maxrows 1 font ',18' textcolor rgb '#1a1a1a'
set errorbars 0
plot $f1 using 1:2:3:4 with xerrorbars pointtype 0 linewidth 2 linecolor rgb '#8c8c8c' title 'F1', \
     $precision using 1:2 with points pointtype 7 pointsize 1.6 * unit linecolor rgb '#0072b2' title 'precision', \
     $recall using 1:2 with points pointtype 9 pointsize 1.8399999999999999 * unit linecolor rgb '#c44e00' title 'recall', \
     $hover using 1:2:3 with labels hypertext point pointtype 7 pointsize 9 * radius linecolor rgb '#ff000000' notitle
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'fscore.svg'
unit = 0.56
radius = 0.13333333333333333
set key spacing 0.97 samplen 2.2
replot
unset output
