reset
set terminal pngcairo size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'efficiency.png'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Parallel efficiency, 4 leaves, batches of 128, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
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
$curve1 << EOD
1 1.0000
2 0.9945
4 0.9528
8 0.9348
16 0.8136
32 0.6251
64 0.4922
128 0.3943
256 0.2486
512 0.1243
1024 0.0621
EOD
$curve2 << EOD
1 0.9996
2 0.8778
4 0.8101
8 0.7143
16 0.6423
32 0.5800
64 0.4922
128 0.3943
256 0.2486
512 0.1243
1024 0.0621
EOD
$curve3 << EOD
1 1.0000
2 0.9830
4 0.9772
8 0.8969
16 0.6324
32 0.3896
64 0.1948
128 0.0974
256 0.0487
512 0.0244
1024 0.0122
EOD
$curve4 << EOD
1 1.0000
2 0.9358
4 0.9362
8 0.7166
16 0.5591
32 0.3908
64 0.1948
128 0.0974
256 0.0487
512 0.0244
1024 0.0122
EOD
$curve5 << EOD
1 0.9992
2 0.8294
4 0.7383
8 0.6142
16 0.5591
32 0.3908
64 0.1948
128 0.0974
256 0.0487
512 0.0244
1024 0.0122
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, growing groups', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, queue', \
     $curve2 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, static waves', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, growing groups', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, queue', \
     $curve5 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, static waves'
reset
set terminal svg size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'efficiency.svg'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Parallel efficiency, 4 leaves, batches of 128, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
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
$curve1 << EOD
1 1.0000
2 0.9945
4 0.9528
8 0.9348
16 0.8136
32 0.6251
64 0.4922
128 0.3943
256 0.2486
512 0.1243
1024 0.0621
EOD
$curve2 << EOD
1 0.9996
2 0.8778
4 0.8101
8 0.7143
16 0.6423
32 0.5800
64 0.4922
128 0.3943
256 0.2486
512 0.1243
1024 0.0621
EOD
$curve3 << EOD
1 1.0000
2 0.9830
4 0.9772
8 0.8969
16 0.6324
32 0.3896
64 0.1948
128 0.0974
256 0.0487
512 0.0244
1024 0.0122
EOD
$curve4 << EOD
1 1.0000
2 0.9358
4 0.9362
8 0.7166
16 0.5591
32 0.3908
64 0.1948
128 0.0974
256 0.0487
512 0.0244
1024 0.0122
EOD
$curve5 << EOD
1 0.9992
2 0.8294
4 0.7383
8 0.6142
16 0.5591
32 0.3908
64 0.1948
128 0.0974
256 0.0487
512 0.0244
1024 0.0122
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, growing groups', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, queue', \
     $curve2 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, static waves', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, growing groups', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, queue', \
     $curve5 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, static waves'
