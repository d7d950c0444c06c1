# $curves: for each setting a block of seeds and mean. styles: numbers of their colours and markers, of `values` in all.
eval along_seeds
plot for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(styles[i], values) \
       linewidth 2.5 dashtype dash(styles[i]) pointtype marker(styles[i]) pointsize 1.4 * unit \
       pointinterval marker_interval title names[i]
