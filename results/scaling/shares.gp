reset
set terminal pngcairo size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'shares.png'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set style fill solid 1 noborder
set multiplot layout 1,3 title "What the ranks do: 45 trials, growing groups, 25 Gbit/s"
set ylabel "share of the time of all ranks"
set key bottom left opaque
$of_4_128_computing << EOD
1 0.9979
2 0.9975
4 0.9938
8 0.9862
16 0.9421
32 0.8770
64 0.8150
128 0.6382
256 0.3606
512 0.1803
1024 0.0901
EOD
$of_4_128_busy << EOD
1 0.9979
2 0.9979
4 0.9976
8 0.9914
16 0.9540
32 0.8979
64 0.8661
128 0.7345
256 0.4283
512 0.2141
1024 0.1071
EOD
set title "4 leaves, batches of 128"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_128_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_128_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_512_computing << EOD
1 0.9979
2 0.9974
4 0.9959
8 0.9900
16 0.9565
32 0.9085
64 0.8463
128 0.6883
256 0.4084
512 0.2036
1024 0.1018
EOD
$of_4_512_busy << EOD
1 0.9979
2 0.9976
4 0.9974
8 0.9922
16 0.9607
32 0.9161
64 0.8674
128 0.7287
256 0.4369
512 0.2178
1024 0.1089
EOD
set title "4 leaves, batches of 512"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_512_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_512_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_2048_computing << EOD
1 0.9978
2 0.9975
4 0.9963
8 0.9890
16 0.9620
32 0.9147
64 0.8513
128 0.6865
256 0.4231
512 0.2111
1024 0.1058
EOD
$of_4_2048_busy << EOD
1 0.9978
2 0.9978
4 0.9975
8 0.9912
16 0.9657
32 0.9211
64 0.8686
128 0.7123
256 0.4405
512 0.2198
1024 0.1101
EOD
set title "4 leaves, batches of 2,048"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_2048_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_2048_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
unset multiplot
reset
set terminal svg size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'shares.svg'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set style fill solid 1 noborder
set multiplot layout 1,3 title "What the ranks do: 45 trials, growing groups, 25 Gbit/s"
set ylabel "share of the time of all ranks"
set key bottom left opaque
$of_4_128_computing << EOD
1 0.9979
2 0.9975
4 0.9938
8 0.9862
16 0.9421
32 0.8770
64 0.8150
128 0.6382
256 0.3606
512 0.1803
1024 0.0901
EOD
$of_4_128_busy << EOD
1 0.9979
2 0.9979
4 0.9976
8 0.9914
16 0.9540
32 0.8979
64 0.8661
128 0.7345
256 0.4283
512 0.2141
1024 0.1071
EOD
set title "4 leaves, batches of 128"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_128_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_128_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_512_computing << EOD
1 0.9979
2 0.9974
4 0.9959
8 0.9900
16 0.9565
32 0.9085
64 0.8463
128 0.6883
256 0.4084
512 0.2036
1024 0.1018
EOD
$of_4_512_busy << EOD
1 0.9979
2 0.9976
4 0.9974
8 0.9922
16 0.9607
32 0.9161
64 0.8674
128 0.7287
256 0.4369
512 0.2178
1024 0.1089
EOD
set title "4 leaves, batches of 512"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_512_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_512_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_2048_computing << EOD
1 0.9978
2 0.9975
4 0.9963
8 0.9890
16 0.9620
32 0.9147
64 0.8513
128 0.6865
256 0.4231
512 0.2111
1024 0.1058
EOD
$of_4_2048_busy << EOD
1 0.9978
2 0.9978
4 0.9975
8 0.9912
16 0.9657
32 0.9211
64 0.8686
128 0.7123
256 0.4405
512 0.2198
1024 0.1101
EOD
set title "4 leaves, batches of 2,048"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_2048_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_2048_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
unset multiplot
