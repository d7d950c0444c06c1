# $means: place, mean, low, high; $chosen: place and mean of the chosen one;
# $seeds: place and accuracy of each trial, and how far to the left it is drawn.
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
