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
