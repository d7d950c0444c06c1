# $images: a block of pixels for each; $captions of each: what it is and what it was read as, and how surely.
pitch = 116; row_pitch = 146; side = 94.  # pixels
set lmargin at screen 0; set rmargin at screen 1; set tmargin at screen 1; set bmargin at screen 0
set xrange [0:width]
set yrange [height:0]
unset border; unset tics; unset grid; unset key
set cbrange [0:255]
set palette defined (0 paper, 1 '#000000')
scale = side / greater(rows, columns)
x(i) = 20 + int(i) % 8 * pitch + (side - scale * columns) / 2
y(i) = 126 + int(i) / 8 * row_pitch
plot for [i = 0 : n - 1] $images index i matrix using (x(i) + ($1 + 0.5) * scale):(y(i) + ($2 + 0.5) * scale):3 with image notitle, \
     $captions using (x($1) + scale * columns / 2):(y($1) + scale * rows / 2):(x($1)):(x($1) + scale * columns):(y($1)):(y($1) + scale * rows) \
       with boxxyerror fillstyle empty linecolor rgb idle linewidth 1, \
     $captions using (x($1) + scale * columns / 2):(y($1) - 11):2 with labels font sprintf(',%d', small ? 12 : 16) textcolor rgb ink, \
     $captions using (x($1) + scale * columns / 2):(y($1) + scale * rows + 13):3 with labels font ',15' textcolor rgb muted
