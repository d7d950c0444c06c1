# $looks: for each rival a block of seeds, mean, low and high.
eval along_seeds
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead linewidth 1.5 linecolor rgb muted
color(i) = i == 1 ? first : second
plot for [i = 1 : n] $looks index i - 1 using 1:3:4 with filledcurves fillstyle transparent solid 0.18 noborder linecolor rgb color(i) notitle, \
     for [i = 1 : n] $looks index i - 1 using 1:2 with linespoints linecolor rgb color(i) linewidth 2.5 pointtype marker(i) \
       pointsize 1.4 * unit pointinterval marker_interval title names[i]
