# $scores of each class: its number, precision, recall, F1.
x_room = 20. + x_names_room
bottom = 130. + x_names_room
eval axes
eval legend_below
set xrange [-0.6 : last + 0.6]
eval x_tics
set yrange [low:high]
set errorbars 0
size = last < 20 ? 1.6 : last < 60 ? 1.1 : 0.7
plot $scores using 1:4:($1 - 0.3):($1 + 0.3) with xerrorbars pointtype 0 linewidth 2 linecolor rgb idle title 'F1', \
     $scores using ($1 - 0.12):2 with points pointtype 7 pointsize size * unit linecolor rgb first title 'precision', \
     $scores using ($1 + 0.12):3 with points pointtype 9 pointsize 1.15 * size * unit linecolor rgb second title 'recall'
