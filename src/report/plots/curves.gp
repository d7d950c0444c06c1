# $curves: for each curve a block of epoch, mean, mean - sd, mean + sd. styles: numbers of their colours and markers, of
# `values` in all.
right = 195.
eval axes
eval legend_right(n)
if (values == 2 && from_zero) { set palette defined (0 first, 1 second) }
set xrange [-greater(0.3, 0.03 * last) : last + greater(0.3, 0.03 * last)]
set xtics 0, nice(last / 13.)
set yrange [low:high]
plot for [i = 1 : n] $curves index i - 1 using 1:3:4 with filledcurves fillcolor palette frac share(styles[i], values) \
       fillstyle transparent solid (n > 2 ? 0.12 : 0.2) noborder notitle, \
     for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(styles[i], values) \
       linewidth 2.5 dashtype dash(styles[i]) pointtype marker(styles[i]) pointsize 1.4 * unit \
       pointinterval int((last + 50) / 50) title names[i]
