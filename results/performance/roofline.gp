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
8.616 127.1
8.616 98.682
7.6699 128.81
7.6699 101.15
14.893 136.19
1.59 33.792
1.59 28.79
4.5552 137.95
5.0159 116.71
5.0159 125.3
4.6156 120.56
4.6156 126.03
8.9016 116.45
1.4787 33.948
1.4787 26.928
4.2525 129.56
2.7347 106.04
2.7347 104.73
2.5503 102.17
2.5503 103.04
4.967 87.225
1.3109 19.485
1.3109 20.96
3.7537 114.81
EOD
$product_as_dense << EOD
45.285 668.02
45.285 518.67
42.667 716.57
42.667 562.71
42.667 390.17
4.5552 96.81
4.5552 82.479
4.5552 137.95
26.52 617.09
26.52 662.48
25.6 668.68
25.6 698.98
25.6 334.89
4.2525 97.632
4.2525 77.442
4.2525 129.56
14.502 562.29
14.502 555.35
14.222 569.75
14.222 574.59
14.222 249.75
3.7537 55.791
3.7537 60.017
3.7537 114.81
EOD
$product_openblas << EOD
45.285 114.29
45.285 116.36
42.667 110.4
42.667 115.55
42.667 109.66
4.5552 59.338
4.5552 45.976
4.5552 90.603
26.52 110.24
26.52 112.02
25.6 105.09
25.6 110.19
25.6 102.93
4.2525 56.509
4.2525 34.741
4.2525 85.092
14.502 100.64
14.502 104.58
14.222 94.244
14.222 107.05
14.222 92.234
3.7537 49.744
3.7537 22.906
3.7537 77.183
EOD
$product_bf16 << EOD
90.57 441.85
90.57 467.6
85.333 445.34
85.333 454.89
85.333 447.24
9.1103 81.864
9.1103 210.08
9.1103 299.08
53.04 411.08
53.04 461.89
51.2 419.8
51.2 442.3
51.2 431.09
8.505 76.169
8.505 168.28
8.505 252.98
29.003 358.07
29.003 430.65
28.444 372.6
28.444 425.99
28.444 392.72
7.5073 70.371
7.5073 120.25
7.5073 184.99
EOD
$elementwise << EOD
0.2 9.33
0.2 8.9599
0.2 8.5841
0.24903 30.265
0.24806 30.287
0.24615 30.083
0.37354 7.9605
0.37209 7.7538
0.36923 7.7869
0.24903 19.166
0.24806 19.421
0.24615 18.953
0.74419 1.36
0.73846 1.3475
0.72727 1.3492
0.55 102.09
EOD
plot (x * 454.19 < 497.18 ? x * 454.19 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 title 'L1, 454 GB/s', \
     (x * 425.39 < 497.18 ? x * 425.39 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 title 'L2, 425 GB/s', \
     (x * 177.42 < 497.18 ? x * 177.42 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 3 title 'L3, 177 GB/s', \
     (x * 54.683 < 497.18 ? x * 54.683 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 4 title 'memory, 54.7 GB/s', \
     250.99 linecolor rgb '#1a1a1a' linewidth 2 title 'fp32 peak, 251 GFLOP/s', \
     497.18 linecolor rgb '#1a1a1a' linewidth 2 title 'bf16 peak, 497.2 GFLOP/s', \
     $product with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'own products, operations that are done', \
     $product_as_dense with points pointtype 6 pointsize 1 linecolor rgb '#0072b2' title 'the same, counted as dense products', \
     $product_openblas with points pointtype 5 pointsize 1 linecolor rgb '#2a7f3f' title 'products, OpenBLAS fp32', \
     $product_bf16 with points pointtype 9 pointsize 1 linecolor rgb '#8c4b9c' title 'products, oneDNN bf16', \
     $elementwise with points pointtype 13 pointsize 1 linecolor rgb '#c44e00' title 'elementwise kernels'
set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'
set output 'roofline.svg'
replot
