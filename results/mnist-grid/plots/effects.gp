# gnuplot effects.gp  draws effects.png and effects.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'effects.png'
unit = 1.2
title = 'What each option does'
subtitle = 'mean over all values of the other options, 95 % confidence interval over the seeds'
x_label = ''
y_label = 'test accuracy (%)'
n = 2
last = 7
longest = 6
tics = '(''0'' 0, ''0.2'' 1, ''0.4'' 2, ''0.6'' 3, ''0.0003'' 5, ''0.001'' 6, ''0.003'' 7)'
low = 96.76016615882553
high = 98.26672790324639
array options[2] = ['dropout', 'learning-rate']
array middles[2] = [1.5, 6]
$values << EOD
0	97.56666666666666	97.0707863508609	98.06254698247244
1	97.88266666666667	97.73426025777022	98.0310730755631
2	98.03533333333333	97.90909410103696	98.16157256562971
3	97.77799999999999	97.66021995375108	97.89578004624892


5	98.1115	98.03698076163332	98.1860192383667
6	97.979	97.83576058958843	98.12223941041157
7	97.3565	96.84087482370522	97.87212517629477
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

# $values: for each of n options a block of place, mean, low, high; options: their names, at their middles.
room = (width - left - right) / (last + 2)  # pixels from one value to the next
turned = room < 11 * (longest + 1)
bottom = turned ? 110. + 11 * longest : 120.
eval axes
eval (turned ? "set xtics rotate by 90 right " : "set xtics ") . tics
do for [i = 1 : n] { set label 10 + i options[i] at first middles[i], screen 40. / height center textcolor rgb muted }
set xrange [-1 : last + 1]
set yrange [low:high]
plot for [i = 1 : n] $values index i - 1 using 1:2 with lines linecolor rgb first linewidth 1.5 dashtype (4,3) notitle, \
     for [i = 1 : n] $values index i - 1 using 1:2:3:4 with yerrorbars pointtype 7 pointsize 2 * unit linewidth 2.5 \
       linecolor rgb first notitle
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'effects.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
