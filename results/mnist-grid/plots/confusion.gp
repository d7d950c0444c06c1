# gnuplot confusion.gp  draws confusion.png and confusion.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 860.
set terminal pngcairo noenhanced size 960,860 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'confusion.png'
unit = 1.2
title = 'Confusion of classes'
subtitle = 'p0.2-lr0.0003-s4 on the test set: 188 of 10000 images misclassified'
x_label = 'predicted class'
y_label = 'true class'
legend = 'images'
last = 9
longest = 4
levels = 5
array level[5] = [-1, 0, 1, 2, 3]
x_tics = 'set xtics 0, nice(1.)'
x_names_room = 0
y_tics = 'set ytics 0, nice(1.)'
y_names_room = 0
$cells << EOD
0	0	964
1	1	1124
2	2	1011
3	3	1002
4	4	967
5	5	873
6	6	939
7	7	1008
8	8	947
9	9	977


1	0	1
4	0	1
6	0	1
7	0	1
5	1	1
5	2	1
2	3	1
5	3	1
7	4	1
8	4	1
4	5	1
7	5	1
3	6	1
0	7	1
8	7	1


3	0	2
5	0	2
8	0	2
9	0	2
2	1	2
3	1	2
6	1	2
7	1	2
8	1	2
4	2	2
6	2	2
7	3	3
8	3	3
2	4	3
6	4	3
0	5	2
6	5	2
8	5	3
9	5	2
0	6	3
1	6	3
8	6	2
1	7	3
2	8	2
4	8	3
5	8	3
6	8	2
7	8	3
9	8	3
0	9	2
1	9	3
7	9	2


2	0	4
3	2	7
7	2	4
8	2	5
9	4	7
4	6	6
5	6	4
2	7	5
3	7	5
9	7	5
5	9	5


3	5	8
3	8	11
3	9	12
4	9	8
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

# $cells: for each level a block of predicted class, true class, samples. A level is a power of two, -1 what is right.
left = 100. + y_names_room; right = 180.; top = 100.; x_room = 20. + x_names_room; bottom = 80. + x_names_room
eval axes
eval legend_right(10)
set xrange [-0.5 : last + 0.5]
set yrange [last + 0.5 : -0.5]
eval x_tics
eval y_tics
unset grid
cell = (width - left - right) / (last + 1)
size = lesser(20, 0.9 * cell / (0.64 * longest))  # of the numbers; below 9 nobody reads them
label(level) = level == 0 ? '1' : level == 7 ? '128+' : sprintf('%d–%d', 2 ** level, 2 ** (level + 1) - 1)
color(level) = level < 0 ? correct : heat(level)
text(level) = level < 4 ? ink : paper
plot for [k = 1 : levels] $cells index k - 1 using 1:2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5) with boxxyerror \
       fillstyle solid border linecolor rgb (cell > 8 ? paper : color(level[k])) linecolor rgb color(level[k]) \
       title (level[k] < 0 ? 'correct' : label(level[k])), \
     for [k = 1 : size < 9 ? 0 : levels] $cells index k - 1 using 1:2:3 with labels font sprintf(',%.0f', size) \
       textcolor rgb text(level[k]) notitle
set terminal svg noenhanced size 960,860 font 'DejaVu Sans,20' background '#ffffff'
set output 'confusion.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
