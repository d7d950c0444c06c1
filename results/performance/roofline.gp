set terminal pngcairo size 960,640 font 'DejaVu Sans,12'
set output 'roofline.png'
set encoding utf8
set title "Roofline of one core: kernels of a training step with 128, 64 and 32 rows"
set logscale xy
set xrange [0.05:200]
set xlabel "operations per byte"
set ylabel "GFLOP/s of one core"
set key bottom right
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
$product << EOD
8.616 131.05
8.616 111.73
7.6699 128.13
7.6699 114.29
14.893 139.93
1.59 32.937
1.59 24.385
4.5552 154.13
5.0159 121.3
5.0159 136.39
4.6156 124.27
4.6156 134.39
8.9016 118.66
1.4787 35.373
1.4787 25.677
4.2525 141.27
2.7347 113.56
2.7347 110.56
2.5503 114.27
2.5503 106.85
4.967 91.775
1.3109 35.532
1.3109 20.862
3.7537 125.15
EOD
$product_as_dense << EOD
45.285 688.81
45.285 587.25
42.667 712.75
42.667 635.8
42.667 400.88
4.5552 94.358
4.5552 69.858
4.5552 154.13
26.52 641.37
26.52 721.13
25.6 689.26
25.6 745.39
25.6 341.24
4.2525 101.73
4.2525 73.843
4.2525 141.27
14.502 602.18
14.502 586.28
14.222 637.25
14.222 595.88
14.222 262.78
3.7537 101.74
3.7537 59.736
3.7537 125.15
EOD
$product_openblas << EOD
45.285 127.16
45.285 125.97
42.667 121.93
42.667 126.53
42.667 122.26
4.5552 67.57
4.5552 57.661
4.5552 99.722
26.52 122.15
26.52 124.34
25.6 116.51
25.6 124.62
25.6 113.66
4.2525 65.555
4.2525 46.259
4.2525 95.138
14.502 111.38
14.502 117.94
14.222 103.95
14.222 119.18
14.222 101.09
3.7537 55.957
3.7537 33.349
3.7537 84.536
EOD
$product_bf16 << EOD
90.57 484.07
90.57 508.37
85.333 486.07
85.333 505.48
85.333 495
9.1103 90.397
9.1103 230.29
9.1103 332.53
53.04 452.27
53.04 503.93
51.2 455.93
51.2 496.15
51.2 471.4
8.505 84.247
8.505 184.6
8.505 279.07
29.003 397.19
29.003 480.48
28.444 415.14
28.444 478.88
28.444 431.55
7.5073 77.016
7.5073 131.53
7.5073 206.9
EOD
$elementwise << EOD
0.2 10.814
0.2 10.661
0.2 10.011
0.24903 33.841
0.24806 33.302
0.24615 32.753
0.37354 8.9175
0.37209 8.9028
0.36923 8.7849
0.24903 21.248
0.24806 20.926
0.24615 20.79
0.74419 1.5184
0.73846 1.5224
0.72727 1.5188
0.55 116.06
EOD
plot (x * 495.85 < 544.4 ? x * 495.85 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 title 'L1, 496 GB/s', \
     (x * 458.44 < 544.4 ? x * 458.44 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 title 'L2, 458 GB/s', \
     (x * 201.51 < 544.4 ? x * 201.51 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 3 title 'L3, 202 GB/s', \
     (x * 68.129 < 544.4 ? x * 68.129 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 4 title 'memory, 68.1 GB/s', \
     272.47 linecolor rgb '#1a1a1a' linewidth 2 title 'fp32 peak, 272.5 GFLOP/s', \
     544.4 linecolor rgb '#1a1a1a' linewidth 2 title 'bf16 peak, 544.4 GFLOP/s', \
     $product with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'own products, operations that are done', \
     $product_as_dense with points pointtype 6 pointsize 1 linecolor rgb '#0072b2' title 'the same, counted as dense products', \
     $product_openblas with points pointtype 5 pointsize 1 linecolor rgb '#2a7f3f' title 'products, OpenBLAS fp32', \
     $product_bf16 with points pointtype 9 pointsize 1 linecolor rgb '#8c4b9c' title 'products, oneDNN bf16', \
     $elementwise with points pointtype 13 pointsize 1 linecolor rgb '#c44e00' title 'elementwise kernels'
set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'
set output 'roofline.svg'
replot
