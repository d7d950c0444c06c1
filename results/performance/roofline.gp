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
8.616 131.01
8.616 109.65
7.6699 128.24
7.6699 113.48
14.893 137.5
1.59 33.264
1.59 24.091
4.5552 152.47
5.0159 121.92
5.0159 137
4.6156 124.47
4.6156 135.56
8.9016 115.79
1.4787 35.451
1.4787 25.851
4.2525 141.1
2.7347 112.37
2.7347 111.44
2.5503 110.2
2.5503 108.53
4.967 88.062
1.3109 35.713
1.3109 21.091
3.7537 124.5
EOD
$product_as_dense << EOD
45.285 688.57
45.285 576.3
42.667 713.4
42.667 631.29
42.667 393.93
4.5552 95.296
4.5552 69.016
4.5552 152.47
26.52 644.61
26.52 724.37
25.6 690.33
25.6 751.88
25.6 332.99
4.2525 101.95
4.2525 74.345
4.2525 141.1
14.502 595.91
14.502 590.95
14.222 614.52
14.222 605.2
14.222 252.15
3.7537 102.26
3.7537 60.392
3.7537 124.5
EOD
$product_openblas << EOD
45.285 125.41
45.285 127.94
42.667 122.97
42.667 126.29
42.667 123.11
4.5552 65.466
4.5552 50.789
4.5552 100.27
26.52 122.33
26.52 123.73
25.6 117.35
25.6 124.11
25.6 112.98
4.2525 64.04
4.2525 46.147
4.2525 94.751
14.502 112.26
14.502 118.73
14.222 102.81
14.222 119.64
14.222 100.34
3.7537 55.789
3.7537 32.902
3.7537 85.116
EOD
$product_bf16 << EOD
90.57 483.22
90.57 512.7
85.333 486
85.333 502.18
85.333 491.34
9.1103 90.342
9.1103 232.71
9.1103 327.26
53.04 451.33
53.04 508.94
51.2 460.58
51.2 495.7
51.2 472.83
8.505 83.122
8.505 187.05
8.505 274.6
29.003 398.9
29.003 474.78
28.444 420.16
28.444 476.55
28.444 433.04
7.5073 77.745
7.5073 129.67
7.5073 204.09
EOD
$elementwise << EOD
0.2 11.111
0.2 10.781
0.2 10.549
0.24903 33.871
0.24806 32.792
0.24615 33.058
0.37354 8.8422
0.37209 8.9133
0.36923 8.9682
0.24903 21.127
0.24806 21.006
0.24615 20.868
0.74419 1.4895
0.73846 1.5127
0.72727 1.4911
0.55 115.89
EOD
plot (x * 501.34 < 542.16 ? x * 501.34 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 title 'L1, 501 GB/s', \
     (x * 450.65 < 542.16 ? x * 450.65 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 title 'L2, 451 GB/s', \
     (x * 230.87 < 542.16 ? x * 230.87 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 3 title 'L3, 231 GB/s', \
     (x * 68.218 < 542.16 ? x * 68.218 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 4 title 'memory, 68.2 GB/s', \
     271.38 linecolor rgb '#1a1a1a' linewidth 2 title 'fp32 peak, 271.4 GFLOP/s', \
     542.16 linecolor rgb '#1a1a1a' linewidth 2 title 'bf16 peak, 542.2 GFLOP/s', \
     $product with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'own products, operations that are done', \
     $product_as_dense with points pointtype 6 pointsize 1 linecolor rgb '#0072b2' title 'the same, counted as dense products', \
     $product_openblas with points pointtype 5 pointsize 1 linecolor rgb '#2a7f3f' title 'products, OpenBLAS fp32', \
     $product_bf16 with points pointtype 9 pointsize 1 linecolor rgb '#8c4b9c' title 'products, oneDNN bf16', \
     $elementwise with points pointtype 13 pointsize 1 linecolor rgb '#c44e00' title 'elementwise kernels'
set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'
set output 'roofline.svg'
replot
