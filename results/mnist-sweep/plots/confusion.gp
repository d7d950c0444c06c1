# gnuplot confusion.gp  draws confusion.png and confusion.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,860 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'confusion.png'
unit = 1.2
radius = 0.25
set label 1 'Confusion of classes' at screen 0.02,0.96279 left font ',24' textcolor rgb '#1a1a1a'
set label 2 'p0.1-s5 on the test set: 164 of 10000 images misclassified' at screen 0.02,0.92093 left font ',18' textcolor rgb '#595959'
set border 3 linewidth 1.5 linecolor rgb '#595959'
set tics nomirror scale 0 textcolor rgb '#1a1a1a'
set grid linetype 1 linewidth 1 linecolor rgb '#dedede'
set format '%g'
set pointintervalbox 0
set errorbars 0.7
set lmargin at screen 0.10417
set rmargin at screen 0.81250
set tmargin at screen 0.88372
set bmargin at screen 0.09302
set label 3 'predicted class' at screen 0.45833,0.02209 center textcolor rgb '#1a1a1a'
set label 4 'true class' at screen 0.02917,0.48837 center rotate textcolor rgb '#1a1a1a'
set xrange [-0.5:9.5]
set yrange [9.5:-0.5]
set xtics 0,1
set ytics 0,1
unset grid
set key at screen 0.83125,0.86744 left top vertical Left reverse samplen 3 spacing 1.25 font ',19' textcolor rgb '#1a1a1a'
set label 5 'images' at screen 0.84167,0.88372 left font ',18' textcolor rgb '#1a1a1a'
$correct << EOD
0	0
1	1
2	2
3	3
4	4
5	5
6	6
7	7
8	8
9	9
EOD
$level0 << EOD
1	0
4	0
7	0
8	0
9	0
0	1
5	1
7	1
4	2
6	2
9	3
0	4
7	4
3	6
1	7
2	8
5	9
EOD
$level1 << EOD
3	0
6	0
6	1
8	1
0	2
3	2
5	3
8	3
2	4
6	4
0	5
4	5
8	5
0	6
1	6
5	6
3	7
8	7
9	7
0	8
4	8
6	8
0	9
1	9
3	9
7	9
EOD
$level2 << EOD
2	1
7	2
2	3
7	3
6	5
9	5
4	6
2	7
3	8
5	8
7	8
9	8
4	9
EOD
$level3 << EOD
3	5
EOD
$level4 << EOD
9	4
EOD
$numbers << EOD
0	0	971
1	0	1
3	0	2
4	0	1
6	0	2
7	0	1
8	0	1
9	0	1
0	1	1
1	1	1124
2	1	4
5	1	1
6	1	2
7	1	1
8	1	2
0	2	2
2	2	1018
3	2	3
4	2	1
6	2	1
7	2	7
2	3	5
3	3	996
5	3	2
7	3	4
8	3	2
9	3	1
0	4	1
2	4	2
4	4	959
6	4	3
7	4	1
0	5	2
3	5	10
4	5	2
5	5	866
6	5	5
8	5	3
9	5	4
0	6	2
1	6	2
3	6	1
4	6	6
5	6	2
6	6	945
1	7	1
2	7	4
3	7	2
7	7	1017
8	7	2
9	7	2
0	8	2
2	8	1
3	8	5
4	8	3
5	8	4
6	8	3
7	8	4
8	8	947
9	8	5
0	9	2
1	9	2
3	9	3
4	9	6
5	9	1
7	9	2
9	9	993
EOD
$light_numbers << EOD
9	4	16
EOD
$hover << EOD
0	0	true 0, read as 0: 971 images (99.1 % of the true 0)	34
1	0	true 0, read as 1: 1 image (0.1 % of the true 0)	34
3	0	true 0, read as 3: 2 images (0.2 % of the true 0)	34
4	0	true 0, read as 4: 1 image (0.1 % of the true 0)	34
6	0	true 0, read as 6: 2 images (0.2 % of the true 0)	34
7	0	true 0, read as 7: 1 image (0.1 % of the true 0)	34
8	0	true 0, read as 8: 1 image (0.1 % of the true 0)	34
9	0	true 0, read as 9: 1 image (0.1 % of the true 0)	34
0	1	true 1, read as 0: 1 image (0.1 % of the true 1)	34
1	1	true 1, read as 1: 1124 images (99.0 % of the true 1)	34
2	1	true 1, read as 2: 4 images (0.4 % of the true 1)	34
5	1	true 1, read as 5: 1 image (0.1 % of the true 1)	34
6	1	true 1, read as 6: 2 images (0.2 % of the true 1)	34
7	1	true 1, read as 7: 1 image (0.1 % of the true 1)	34
8	1	true 1, read as 8: 2 images (0.2 % of the true 1)	34
0	2	true 2, read as 0: 2 images (0.2 % of the true 2)	34
2	2	true 2, read as 2: 1018 images (98.6 % of the true 2)	34
3	2	true 2, read as 3: 3 images (0.3 % of the true 2)	34
4	2	true 2, read as 4: 1 image (0.1 % of the true 2)	34
6	2	true 2, read as 6: 1 image (0.1 % of the true 2)	34
7	2	true 2, read as 7: 7 images (0.7 % of the true 2)	34
2	3	true 3, read as 2: 5 images (0.5 % of the true 3)	34
3	3	true 3, read as 3: 996 images (98.6 % of the true 3)	34
5	3	true 3, read as 5: 2 images (0.2 % of the true 3)	34
7	3	true 3, read as 7: 4 images (0.4 % of the true 3)	34
8	3	true 3, read as 8: 2 images (0.2 % of the true 3)	34
9	3	true 3, read as 9: 1 image (0.1 % of the true 3)	34
0	4	true 4, read as 0: 1 image (0.1 % of the true 4)	34
2	4	true 4, read as 2: 2 images (0.2 % of the true 4)	34
4	4	true 4, read as 4: 959 images (97.7 % of the true 4)	34
6	4	true 4, read as 6: 3 images (0.3 % of the true 4)	34
7	4	true 4, read as 7: 1 image (0.1 % of the true 4)	34
9	4	true 4, read as 9: 16 images (1.6 % of the true 4)	34
0	5	true 5, read as 0: 2 images (0.2 % of the true 5)	34
3	5	true 5, read as 3: 10 images (1.1 % of the true 5)	34
4	5	true 5, read as 4: 2 images (0.2 % of the true 5)	34
5	5	true 5, read as 5: 866 images (97.1 % of the true 5)	34
6	5	true 5, read as 6: 5 images (0.6 % of the true 5)	34
8	5	true 5, read as 8: 3 images (0.3 % of the true 5)	34
9	5	true 5, read as 9: 4 images (0.4 % of the true 5)	34
0	6	true 6, read as 0: 2 images (0.2 % of the true 6)	34
1	6	true 6, read as 1: 2 images (0.2 % of the true 6)	34
3	6	true 6, read as 3: 1 image (0.1 % of the true 6)	34
4	6	true 6, read as 4: 6 images (0.6 % of the true 6)	34
5	6	true 6, read as 5: 2 images (0.2 % of the true 6)	34
6	6	true 6, read as 6: 945 images (98.6 % of the true 6)	34
1	7	true 7, read as 1: 1 image (0.1 % of the true 7)	34
2	7	true 7, read as 2: 4 images (0.4 % of the true 7)	34
3	7	true 7, read as 3: 2 images (0.2 % of the true 7)	34
7	7	true 7, read as 7: 1017 images (98.9 % of the true 7)	34
8	7	true 7, read as 8: 2 images (0.2 % of the true 7)	34
9	7	true 7, read as 9: 2 images (0.2 % of the true 7)	34
0	8	true 8, read as 0: 2 images (0.2 % of the true 8)	34
2	8	true 8, read as 2: 1 image (0.1 % of the true 8)	34
3	8	true 8, read as 3: 5 images (0.5 % of the true 8)	34
4	8	true 8, read as 4: 3 images (0.3 % of the true 8)	34
5	8	true 8, read as 5: 4 images (0.4 % of the true 8)	34
6	8	true 8, read as 6: 3 images (0.3 % of the true 8)	34
7	8	true 8, read as 7: 4 images (0.4 % of the true 8)	34
8	8	true 8, read as 8: 947 images (97.2 % of the true 8)	34
9	8	true 8, read as 9: 5 images (0.5 % of the true 8)	34
0	9	true 9, read as 0: 2 images (0.2 % of the true 9)	34
1	9	true 9, read as 1: 2 images (0.2 % of the true 9)	34
3	9	true 9, read as 3: 3 images (0.3 % of the true 9)	34
4	9	true 9, read as 4: 6 images (0.6 % of the true 9)	34
5	9	true 9, read as 5: 1 image (0.1 % of the true 9)	34
7	9	true 9, read as 7: 2 images (0.2 % of the true 9)	34
9	9	true 9, read as 9: 993 images (98.4 % of the true 9)	34
EOD
plot $correct using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid border linecolor rgb '#ffffff' linecolor rgb '#c6e2fb' title 'correct', \
     $level0 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid border linecolor rgb '#ffffff' linecolor rgb '#fbe8ce' title '1', \
     $level1 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid border linecolor rgb '#ffffff' linecolor rgb '#f1c89b' title '2–3', \
     $level2 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid border linecolor rgb '#ffffff' linecolor rgb '#e7a668' title '4–7', \
     $level3 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid border linecolor rgb '#ffffff' linecolor rgb '#d9843c' title '8–15', \
     $level4 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid border linecolor rgb '#ffffff' linecolor rgb '#c4651c' title '16–31', \
     $numbers using 1:2:3 with labels font ',20' textcolor rgb '#1a1a1a' notitle, \
     $light_numbers using 1:2:3 with labels font ',20' textcolor rgb '#ffffff' notitle, \
     $hover using 1:2:3:($4 * radius) with labels hypertext point pointtype 5 pointsize variable linecolor rgb '#ff000000' notitle
set terminal svg noenhanced size 960,860 font 'DejaVu Sans,20' background '#ffffff'
set output 'confusion.svg'
unit = 0.56
radius = 0.13333333333333333
set key spacing 0.97 samplen 2.2
replot
unset output
