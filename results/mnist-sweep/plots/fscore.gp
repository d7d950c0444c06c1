# gnuplot fscore.gp  draws fscore.png and fscore.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'fscore.png'
unit = 1.2
title = 'Precision and recall of each class'
subtitle = 'p0.1-s5 on the test set: accuracy 98.36 %, mean F1 of the classes 98.34 %'
x_label = 'class'
y_label = 'share (%)'
last = 9
low = 96.89449581332593
high = 99.65973252906862
x_tics = 'set xtics 0, nice(1.)'
x_names_room = 0
$scores << EOD
0	98.7792472024415	99.08163265306122	98.9302088639837
1	99.46902654867257	99.03083700440529	99.24944812362031
2	98.45261121856866	98.64341085271317	98.54791868344628
3	97.4559686888454	98.61386138613861	98.03149606299213
4	98.05725971370143	97.65784114052953	97.85714285714285
5	98.85844748858447	97.08520179372198	97.96380090497738
6	98.33506763787722	98.64300626304802	98.48879624804586
7	98.07135969141754	98.92996108949417	98.49878934624698
8	98.95506792058517	97.22792607802874	98.08389435525633
9	97.16242661448142	98.41427155599604	97.78434268833087
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

# $scores of each class: its number, precision, recall, F1.
x_room = 20. + x_names_room
bottom = 130. + x_names_room
eval axes
eval legend_below
set xrange [-0.6 : last + 0.6]
eval x_tics
set yrange [low:high]
set errorbars 0
size = last < 20 ? 1.6 : last < 60 ? 1.1 : 0.7
plot $scores using 1:4:($1 - 0.3):($1 + 0.3) with xerrorbars pointtype 0 linewidth 2 linecolor rgb idle title 'F1', \
     $scores using ($1 - 0.12):2 with points pointtype 7 pointsize size * unit linecolor rgb first title 'precision', \
     $scores using ($1 + 0.12):3 with points pointtype 9 pointsize 1.15 * size * unit linecolor rgb second title 'recall'
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'fscore.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
