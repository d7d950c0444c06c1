# $cells: column, row, best val_loss, test accuracy as text. The darkest of eight levels has the lowest loss.
left = 90. + 13 * longest; bottom = 100.
eval axes
set xrange [-0.5 : last_column + 0.5]
set yrange [last_row + 0.5 : -0.5]
eval x_tics
eval y_tics
unset grid
level(loss) = high > low ? int(lesser(7, 8 * (high - loss) / (high - low))) : 0
array colors[8]
do for [i = 0 : 7] { colors[i + 1] = int('0x' . substr(heat(i), 2, 7)) }
on(loss) = level(loss) < 4 ? int('0x' . substr(ink, 2, 7)) : int('0x' . substr(paper, 2, 7))
plot $cells using 1:2:($1 - 0.49):($1 + 0.49):($2 - 0.47):($2 + 0.47):(colors[level($3) + 1]) with boxxyerror \
       fillstyle solid noborder linecolor rgb variable notitle, \
     '' using 1:2:(sprintf('%.4f', $3)):(on($3)) with labels offset 0, 0.5 font ',18' textcolor rgb variable notitle, \
     '' using 1:2:4:(on($3)) with labels offset 0, -0.6 font ',15' textcolor rgb variable notitle
