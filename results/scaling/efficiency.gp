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
set title "Parallel efficiency, 4 shards, batches of 128, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
1 1.0000
2 1.0000
4 0.9994
8 0.9986
16 0.9877
32 0.9827
64 0.8806
128 0.7309
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve1 << EOD
1 1.0000
2 0.9965
4 0.9759
8 0.9390
16 0.8912
32 0.6855
64 0.4962
128 0.4933
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve2 << EOD
1 0.9999
2 0.8969
4 0.8295
8 0.7435
16 0.7142
32 0.7130
64 0.4962
128 0.4933
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve3 << EOD
1 1.0000
2 0.9992
4 0.9953
8 0.9816
16 0.8667
32 0.7000
64 0.3502
128 0.1753
256 0.0876
512 0.0438
1024 0.0219
EOD
$curve4 << EOD
1 1.0000
2 0.9821
4 0.9085
8 0.7112
16 0.6366
32 0.6326
64 0.3502
128 0.1753
256 0.0876
512 0.0438
1024 0.0219
EOD
$curve5 << EOD
1 0.9999
2 0.9109
4 0.8499
8 0.6381
16 0.6366
32 0.6326
64 0.3502
128 0.1753
256 0.0876
512 0.0438
1024 0.0219
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
set title "Parallel efficiency, 4 shards, batches of 128, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
1 1.0000
2 1.0000
4 0.9994
8 0.9986
16 0.9877
32 0.9827
64 0.8806
128 0.7309
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve1 << EOD
1 1.0000
2 0.9965
4 0.9759
8 0.9390
16 0.8912
32 0.6855
64 0.4962
128 0.4933
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve2 << EOD
1 0.9999
2 0.8969
4 0.8295
8 0.7435
16 0.7142
32 0.7130
64 0.4962
128 0.4933
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve3 << EOD
1 1.0000
2 0.9992
4 0.9953
8 0.9816
16 0.8667
32 0.7000
64 0.3502
128 0.1753
256 0.0876
512 0.0438
1024 0.0219
EOD
$curve4 << EOD
1 1.0000
2 0.9821
4 0.9085
8 0.7112
16 0.6366
32 0.6326
64 0.3502
128 0.1753
256 0.0876
512 0.0438
1024 0.0219
EOD
$curve5 << EOD
1 0.9999
2 0.9109
4 0.8499
8 0.6381
16 0.6366
32 0.6326
64 0.3502
128 0.1753
256 0.0876
512 0.0438
1024 0.0219
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, growing groups', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, queue', \
     $curve2 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, static waves', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, growing groups', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, queue', \
     $curve5 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, static waves'
