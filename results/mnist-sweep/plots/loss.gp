# gnuplot loss.gp  draws loss.png and loss.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'loss.png'
unit = 1.2
radius = 0.25
$curve0 << EOD
0	0.24379006135023518	0.242119784451097	0.24546033824937336
1	0.08774442881447728	0.087381498581948	0.08810735904700655
2	0.05601607153265214	0.055541413425425436	0.05649072963987884
3	0.03855326622162875	0.037742893444204624	0.03936363899905288
4	0.027568145747146566	0.026852782879302935	0.028283508614990197
5	0.02003442638068572	0.01958943819406643	0.02047941456730501
EOD
$curve1 << EOD
0	0.09461702519539024	0.08949202741305931	0.09974202297772117
1	0.0840728852715709	0.07477712187601804	0.09336864866712377
2	0.08625064097508955	0.05473862398713163	0.11776265796304748
3	0.07172180315400309	0.06499474003631679	0.07844886627168939
4	0.07194494879457151	0.06403480431009168	0.07985509327905135
5	0.07402978928799234	0.06945321492627117	0.0786063636497135
EOD
$hover << EOD
0	0.24379006135023518	p = 0, epoch 0: loss 0.2438 ± 0.0017 (5 seeds)
1	0.08774442881447728	p = 0, epoch 1: loss 0.0877 ± 0.0004 (5 seeds)
2	0.05601607153265214	p = 0, epoch 2: loss 0.0560 ± 0.0005 (5 seeds)
3	0.03855326622162875	p = 0, epoch 3: loss 0.0386 ± 0.0008 (5 seeds)
4	0.027568145747146566	p = 0, epoch 4: loss 0.0276 ± 0.0007 (4 seeds)
5	0.02003442638068572	p = 0, epoch 5: loss 0.0200 ± 0.0004 (3 seeds)
0	0.09461702519539024	p = 0, epoch 0: val_loss 0.0946 ± 0.0051 (5 seeds)
1	0.0840728852715709	p = 0, epoch 1: val_loss 0.0841 ± 0.0093 (5 seeds)
2	0.08625064097508955	p = 0, epoch 2: val_loss 0.0863 ± 0.0315 (5 seeds)
3	0.07172180315400309	p = 0, epoch 3: val_loss 0.0717 ± 0.0067 (5 seeds)
4	0.07194494879457151	p = 0, epoch 4: val_loss 0.0719 ± 0.0079 (4 seeds)
5	0.07402978928799234	p = 0, epoch 5: val_loss 0.0740 ± 0.0046 (3 seeds)
EOD
set label 1 'Training and validation loss, p = 0' at screen 0.02,0.95000 left font ',24' textcolor rgb '#1a1a1a'
set label 2 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd' at screen 0.02,0.89375 left font ',18' textcolor rgb '#595959'
set border 3 linewidth 1.5 linecolor rgb '#595959'
set tics nomirror scale 0 textcolor rgb '#1a1a1a'
set grid linetype 1 linewidth 1 linecolor rgb '#dedede'
set format '%g'
set pointintervalbox 0
set errorbars 0.7
set lmargin at screen 0.12500
set rmargin at screen 0.79688
set tmargin at screen 0.82812
set bmargin at screen 0.12500
set label 3 'epoch' at screen 0.46094,0.02969 center textcolor rgb '#1a1a1a'
set label 4 'loss (nats)' at screen 0.02917,0.47656 center rotate textcolor rgb '#1a1a1a'
set key at screen 0.81563,0.82812 left top vertical Left reverse samplen 3 spacing 1.25 font ',19' textcolor rgb '#1a1a1a'
set xrange [-0.3:5.3]
set xtics 0,1
set yrange [0:0.2552787517793483]
plot $curve0 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.2 noborder notitle, \
     $curve1 using 1:3:4 with filledcurves fillcolor rgb '#c44e00' fillstyle transparent solid 0.2 noborder notitle, \
     $curve0 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 2.5 dashtype solid pointtype 7 pointsize 1.4 * unit title 'train', \
     $curve1 using 1:2 with linespoints linecolor rgb '#c44e00' linewidth 2.5 dashtype (12,4) pointtype 5 pointsize 1.4 * unit title 'validation', \
     $hover using 1:2:3 with labels hypertext point pointtype 7 pointsize 11 * radius linecolor rgb '#ff000000' notitle
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'loss.svg'
unit = 0.56
radius = 0.13333333333333333
set key spacing 0.97 samplen 2.2
replot
unset output
