# $cells: for each level a block of predicted class, true class, samples. A level is a power of two, -1 what is right.
left = 100. + y_names_room; right = 180.; top = 100.; x_room = 20. + x_names_room; bottom = 80. + x_names_room
eval axes
eval legend_right(10)
set xrange [-0.5 : last + 0.5]
set yrange [last + 0.5 : -0.5]
eval x_tics
eval y_tics
unset grid
cell = (width - left - right) / (last + 1)
size = lesser(20, 0.9 * cell / (0.64 * longest))  # of the numbers; below 9 nobody reads them
label(level) = level == 0 ? '1' : level == 7 ? '128+' : sprintf('%d–%d', 2 ** level, 2 ** (level + 1) - 1)
color(level) = level < 0 ? correct : heat(level)
text(level) = level < 4 ? ink : paper
plot for [k = 1 : levels] $cells index k - 1 using 1:2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5) with boxxyerror \
       fillstyle solid border linecolor rgb (cell > 8 ? paper : color(level[k])) linecolor rgb color(level[k]) \
       title (level[k] < 0 ? 'correct' : label(level[k])), \
     for [k = 1 : size < 9 ? 0 : levels] $cells index k - 1 using 1:2:3 with labels font sprintf(',%.0f', size) \
       textcolor rgb text(level[k]) notitle
