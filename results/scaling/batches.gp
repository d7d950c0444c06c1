reset
set terminal pngcairo size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'batches.png'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Larger batches: 45 trials, growing groups, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
1 1.0000
4 0.9882
16 0.9338
64 0.7295
1024 0.0788
EOD
$curve1 << EOD
1 1.0000
4 0.9949
16 0.9704
64 0.8593
1024 0.1456
EOD
$curve2 << EOD
1 1.0000
4 0.9968
16 0.9793
64 0.8982
1024 0.1860
EOD
$curve3 << EOD
1 1.0000
2 0.9987
4 0.9896
8 0.9786
16 0.9233
32 0.8429
64 0.7105
128 0.4706
256 0.2486
512 0.1243
1024 0.0621
EOD
$curve4 << EOD
1 1.0000
2 0.9992
4 0.9961
8 0.9889
16 0.9519
32 0.8984
64 0.8090
128 0.6209
256 0.3610
512 0.1800
1024 0.0900
EOD
$curve5 << EOD
1 1.0000
2 0.9996
4 0.9978
8 0.9898
16 0.9615
32 0.9118
64 0.8387
128 0.6628
256 0.4060
512 0.2026
1024 0.1015
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 leaves, batches of 128', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 leaves, batches of 512', \
     $curve2 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 leaves, batches of 2,048', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 leaves, batches of 128', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 leaves, batches of 512', \
     $curve5 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 leaves, batches of 2,048'
reset
set terminal svg size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'batches.svg'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Larger batches: 45 trials, growing groups, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
1 1.0000
4 0.9882
16 0.9338
64 0.7295
1024 0.0788
EOD
$curve1 << EOD
1 1.0000
4 0.9949
16 0.9704
64 0.8593
1024 0.1456
EOD
$curve2 << EOD
1 1.0000
4 0.9968
16 0.9793
64 0.8982
1024 0.1860
EOD
$curve3 << EOD
1 1.0000
2 0.9987
4 0.9896
8 0.9786
16 0.9233
32 0.8429
64 0.7105
128 0.4706
256 0.2486
512 0.1243
1024 0.0621
EOD
$curve4 << EOD
1 1.0000
2 0.9992
4 0.9961
8 0.9889
16 0.9519
32 0.8984
64 0.8090
128 0.6209
256 0.3610
512 0.1800
1024 0.0900
EOD
$curve5 << EOD
1 1.0000
2 0.9996
4 0.9978
8 0.9898
16 0.9615
32 0.9118
64 0.8387
128 0.6628
256 0.4060
512 0.2026
1024 0.1015
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 leaves, batches of 128', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 leaves, batches of 512', \
     $curve2 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 leaves, batches of 2,048', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 leaves, batches of 128', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 leaves, batches of 512', \
     $curve5 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 leaves, batches of 2,048'
