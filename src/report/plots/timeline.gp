# $bars: start, end, first rank, ranks, number of its value, trial; $gaps: start, end, rank; $ends of epochs: time, lowest
# rank's row, ranks.
right = 150.
eval axes
eval legend_right(n + 1)
x_scale = (width - left - right) / seconds  # pixels of a second, and of a rank
y_scale = (height - top - bottom) / ranks
half = y_scale > 8 ? 0.4 : 0.5
notch = 0.2  # of the height of a bar
set xrange [0:seconds]
set yrange [ranks - 0.5 : -0.5]
set ytics 0, nice(ranks * 26. / (height - top - bottom))
set cbrange [0 : greater(n - 1, 1)]
unset grid
length(text) = 9.9 * (strlen(text) + 1)  # pixels
bar_height(rows) = (1 - notch) * (rows - 1 + 2 * half) * y_scale
fits(room, rows, text) = room * x_scale > length(text) && bar_height(rows) > 20
stands(room, rows, text) = !fits(room, rows, text) && bar_height(rows) > length(text) && room * x_scale > 16
middle(rank, rows) = rank - half + (1 - notch) / 2 * (rows - 1 + 2 * half)
plot for [i = 1 : gaps] $gaps using (($1 + $2) / 2):3:1:2:($3 - half):($3 + half) with boxxyerror linecolor rgb idle \
       linewidth 0.5 fillstyle pattern 4 title 'idle', \
     $bars using (($1 + $2) / 2):3:1:2:($3 - half):($3 + $4 - 1 + half):5 with boxxyerror linecolor palette \
       fillstyle solid noborder notitle, \
     for [i = 1 : epoch_ends] $ends using 1:($2 + $3 - 1 + half):(0):(-notch * ($3 - 1 + 2 * half)) with vectors nohead \
       linecolor rgb paper linewidth 1 notitle, \
     for [i = 1 : edges] $bars using 1:($3 - half):(0):($4 - 1 + 2 * half) with vectors nohead linecolor rgb paper notitle, \
     $bars using (($1 + $2) / 2):(middle($3, $4)):(fits($2 - $1, $4, strcol(6)) ? strcol(6) : ' ') with labels \
       font ',16' textcolor rgb paper notitle, \
     $bars using (($1 + $2) / 2):(middle($3, $4)):(stands($2 - $1, $4, strcol(6)) ? strcol(6) : ' ') with labels \
       rotate by 90 font ',16' textcolor rgb paper notitle, \
     for [i = 0 : n - 1] keyentry with boxes fillstyle solid linecolor palette frac share(i, n) title names[i + 1]
