# gnuplot loss.gp  draws loss.png and loss.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'loss.png'
unit = 1.2
title = 'Training and validation loss, p = 0, learning-rate = 0.0003'
subtitle = 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd'
x_label = 'epoch'
y_label = 'loss (nats)'
legend = ''
from_zero = 1
last = 8
low = 0
high = 0.3559508062958403
n = 2
values = 2
array names[2] = ['train', 'validation']
array looks[2] = [0, 1]
$curves << EOD
0	0.3401265487742692	0.33799270687946115	0.3422603906690772
1	0.1414840068807882	0.13975127352359878	0.1432167402379776
2	0.09436562486539142	0.09365507170071624	0.0950761780300666
3	0.06819785504794447	0.06741441547638591	0.06898129461950303
4	0.05145531822007497	0.05048206573481349	0.05242857070533646
5	0.03970077148298533	0.039024617912804344	0.04037692505316631
6	0.030831904621976082	0.029978300931400338	0.031685508312551826
7	0.023705827700038568	0.02310925727159994	0.024302398128477194
8	0.018187687714153255	0.01756008505496942	0.01881529037333709


0	0.14840071433320665	0.1420252522814055	0.1547761763850078
1	0.10204756164311977	0.09785607038133778	0.10623905290490177
2	0.08739240310791256	0.07599575311241949	0.09878905310340563
3	0.07377312645297403	0.06925261262261986	0.07829364028332819
4	0.06862162823449298	0.06559812019410889	0.07164513627487708
5	0.07047976838827769	0.06693581749652261	0.07402371928003276
6	0.06590750750165124	0.062162423410203727	0.06965259159309875
7	0.06483148452510511	0.061316835551814386	0.06834613349839583
8	0.07220530375986335	0.06768148189313875	0.07672912562658796
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

# $curves: for each curve a block of epoch, mean, mean - sd, mean + sd. looks: numbers of their colours and markers, of
# `values` in all.
right = 195.
eval axes
eval legend_right(n)
if (values == 2 && from_zero) { set palette defined (0 first, 1 second) }
set xrange [-greater(0.3, 0.03 * last) : last + greater(0.3, 0.03 * last)]
set xtics 0, nice(last / 13.)
set yrange [low:high]
plot for [i = 1 : n] $curves index i - 1 using 1:3:4 with filledcurves fillcolor palette frac share(looks[i], values) \
       fillstyle transparent solid (n > 2 ? 0.12 : 0.2) noborder notitle, \
     for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(looks[i], values) \
       linewidth 2.5 dashtype dash(looks[i]) pointtype marker(looks[i]) pointsize 1.4 * unit \
       pointinterval int((last + 50) / 50) title names[i]
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'loss.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
