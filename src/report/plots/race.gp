# $curves: for each setting a block of seeds and mean. looks: numbers of their colours and markers, of `values` in all.
left = 150.; right = 195.
eval axes
eval legend_right(n)
set xrange [first_seeds - greater(0.5, 0.03 * (last - first_seeds)) : last + greater(0.5, 0.03 * (last - first_seeds))]
set xtics nice((last - first_seeds) / 13.)
set yrange [low:high]
plot for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(looks[i], values) \
       linewidth 2.5 dashtype dash(looks[i]) pointtype marker(looks[i]) pointsize 1.4 * unit \
       pointinterval int((last - first_seeds + 50) / 50) title names[i]
