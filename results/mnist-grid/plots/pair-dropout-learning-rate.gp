# gnuplot pair-dropout-learning-rate.gp  draws pair-dropout-learning-rate.png and pair-dropout-learning-rate.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 564.
set terminal pngcairo noenhanced size 960,564 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'pair-dropout-learning-rate.png'
unit = 1.2
title = 'dropout and learning-rate'
subtitle = 'mean best val_loss (nats), below it mean test accuracy; the darker the lower the loss'
x_label = 'learning-rate'
y_label = 'dropout'
longest = 3
last_column = 2
last_row = 3
x_tics = 'set xtics (''0.0003'' 0, ''0.001'' 1, ''0.003'' 2)'
y_tics = 'set ytics (''0'' 0, ''0.2'' 1, ''0.4'' 2, ''0.6'' 3)'
low = 0.05876208405822778
high = 0.08392326052658147
$cells << EOD
0	0	0.06447656162229601	98.01 %
1	0	0.06784234291264882	97.87 %
2	0	0.07565681854932362	96.82 %
0	1	0.05876208405822778	98.19 %
1	1	0.0628688548608878	98.02 %
2	1	0.0764910597617664	97.43 %
0	2	0.05963728571873185	98.19 %
1	2	0.06379553549214259	98.13 %
2	2	0.07669787257475996	97.79 %
0	3	0.06534669340156747	98.05 %
1	3	0.0699092531195137	97.90 %
2	3	0.08392326052658147	97.38 %
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

# $cells: column, row, best val_loss, test accuracy as text. The darkest of eight levels has the lowest loss.
left = 90. + 13 * longest; bottom = 100.
eval axes
set xrange [-0.5 : last_column + 0.5]
set yrange [last_row + 0.5 : -0.5]
eval x_tics
eval y_tics
unset grid
level(loss) = high > low ? int(lesser(7, 8 * (high - loss) / (high - low))) : 0
array colors[8]
do for [i = 0 : 7] { colors[i + 1] = int('0x' . substr(heat(i), 2, 7)) }
on(loss) = level(loss) < 4 ? int('0x' . substr(ink, 2, 7)) : int('0x' . substr(paper, 2, 7))
plot $cells using 1:2:($1 - 0.49):($1 + 0.49):($2 - 0.47):($2 + 0.47):(colors[level($3) + 1]) with boxxyerror \
       fillstyle solid noborder linecolor rgb variable notitle, \
     '' using 1:2:(sprintf('%.4f', $3)):(on($3)) with labels offset 0, 0.5 font ',18' textcolor rgb variable notitle, \
     '' using 1:2:4:(on($3)) with labels offset 0, -0.6 font ',15' textcolor rgb variable notitle
set terminal svg noenhanced size 960,564 font 'DejaVu Sans,20' background '#ffffff'
set output 'pair-dropout-learning-rate.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
