# gnuplot test_accuracy.gp  draws test_accuracy.png and test_accuracy.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'test_accuracy.png'
unit = 1.2
title = 'Test accuracy, learning-rate = 0.0003'
subtitle = 'mean with 95 % confidence interval over the seeds; chosen on validation alone'
x_label = 'dropout p'
y_label = 'test accuracy (%)'
repeated = 1
has_chosen = 1
tics = '(''0'' 0, ''0.2'' 0.2, ''0.4'' 0.4, ''0.6'' 0.6)'
longest = 3
step = 0.19999999999999996
low = 97.7876
high = 98.3924
first_place = 0
last = 0.6
$means << EOD
0	98.012	97.84325242645441	98.18074757354557
0.2	98.194	98.04510382816815	98.34289617183187
0.4	98.18599999999999	98.02660206430605	98.34539793569394
0.6	98.054	97.9256813696544	98.18231863034559
EOD
$chosen << EOD
0.2	98.194
EOD
$seeds << EOD
0	98.03	0.296
0	98.08	0.252
0	98.18	0.208
0	97.82	0.16399999999999998
0	97.95	0.12
0.2	98.08	0.296
0.2	98.13	0.252
0.2	98.36	0.208
0.2	98.11999999999999	0.16399999999999998
0.2	98.28	0.12
0.4	98.26	0.296
0.4	97.98	0.252
0.4	98.18	0.208
0.4	98.32	0.16399999999999998
0.4	98.19	0.12
0.6	97.99	0.296
0.6	98.05	0.252
0.6	98.03	0.208
0.6	97.97	0.16399999999999998
0.6	98.22999999999999	0.12
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

# $means: place, mean, low, high; $chosen: the same of the chosen one; $seeds: place and accuracy of each, if repeated.
bottom = 130.
eval axes
eval legend_below
room = (width - left - right) * step / (last - first_place + 1.5 * step)  # pixels from one value to the next
if (room > 13 * (longest + 1)) { eval "set xtics " . tics }
set xrange [first_place - 0.75 * step : last + 0.75 * step]
set yrange [low:high]
size = greater(0.3, lesser(1, room / 40))
reach = lesser(step, step * 90 / room)
# Not by loops of no turns: the legend keeps room for what they do not draw.
if (repeated) {
  plot $means using 1:2 with lines linecolor rgb first linewidth 1.5 dashtype (4,3) notitle, \
       $seeds using ($1 - reach * $3):2 with points pointtype 6 pointsize 1.2 * size * unit linewidth 1.5 \
         linecolor rgb muted title 'one seed', \
       $means using 1:2:3:4 with yerrorbars pointtype 7 pointsize 1.6 * size * unit linewidth 2.5 \
         linecolor rgb first title 'mean, 95 % CI', \
       $means using 1:2 with points pointtype 7 pointsize 1.6 * size * unit linecolor rgb first notitle, \
       for [i = 1 : has_chosen] $chosen using 1:2 with points pointtype 13 pointsize 2.6 * unit linecolor rgb second title 'chosen'
} else {
  plot $means using 1:2 with lines linecolor rgb first linewidth 1.5 dashtype (4,3) notitle, \
       $means using 1:2 with points pointtype 7 pointsize 1.6 * size * unit linecolor rgb first title 'one seed', \
       for [i = 1 : has_chosen] $chosen using 1:2 with points pointtype 13 pointsize 2.6 * unit linecolor rgb second title 'chosen'
}
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'test_accuracy.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
