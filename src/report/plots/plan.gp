# $points: ranks, predicted speed-up; $enough: the last that helps.
bottom = 130.
eval axes
eval legend_below
set logscale xy 2
eval "set xtics (" . tics . "); set ytics (" . tics . ")"
set xrange [fewest / 1.15 : most * 1.15]
set yrange [lowest / 1.15 : most * 1.15]
plot $points using 1:1 with lines linecolor rgb muted linewidth 1.5 dashtype (4,3) title 'ideal', \
     $points using 1:2 with linespoints pointtype 7 pointsize 1.6 * unit linewidth 2 linecolor rgb first title 'predicted', \
     $enough using 1:2 with points pointtype 13 pointsize 2.6 * unit linecolor rgb second title 'last that helps'
