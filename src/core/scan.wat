;; The two loops of the exact scan (search.ts). Everything lies in one memory that the caller lays out (scan-memory.ts).
;; `npm run build:wasm` makes scan-wasm.ts of this file.
(module
  (import "env" "memory" (memory 1))

  ;; Bounds of `max over queries (Q·x) + bias` for `count` int8 rows; writes those whose upper bound is above `threshold`
  ;; as records of 24 bytes (f64 upper, f64 lower, i32 row) and returns how many.
  ;;
  ;; Rows lie in fours: 8 numbers of the first, 8 of the second, third, fourth, then the next 8. So four rows are one
  ;; stream, a query is loaded once for the four, and their four sums end in one register.
  (func (export "bound")
    (param $codes i32)      ;; int8, in fours
    (param $count i32)      ;; rows, a multiple of 4
    (param $width i32)      ;; numbers a row, a multiple of 16
    (param $queries i32)    ;; int16, width numbers a query
    (param $queryCount i32) ;; at least 1
    (param $facts i32)      ;; f64 a query: step, norm, lost
    (param $bases i32)      ;; f64 a query and reference: Q·c
    (param $baseBytes i32)  ;; bytes a query in bases
    (param $meta i32)       ;; 64 bytes a four: f32 scale, error, length and i32 reference of each
    (param $bias i32)       ;; f64 a row
    (param $mask i32)       ;; a bit a row: whether it may be found
    (param $threshold f64)
    (param $row i32)        ;; number of the first row
    (param $out i32)
    (result i32)
    (local $start i32) (local $i i32) (local $nibble i32) (local $bits i32)
    (local $p i32) (local $end i32) (local $q i32) (local $m i32) (local $fact i32) (local $base i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $w v128) (local $z v128)
    (local $upper01 v128) (local $upper23 v128) (local $lower01 v128) (local $lower23 v128)
    (local $score v128) (local $err v128)
    (local.set $start (local.get $out))
    (block $done (loop $fours
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (local.set $end (i32.add (local.get $codes) (i32.shl (local.get $width) (i32.const 2))))
      (local.set $nibble (i32.and (i32.const 15) (i32.shr_u
        (i32.load8_u (i32.add (local.get $mask) (i32.shr_u (local.get $i) (i32.const 3))))
        (i32.and (local.get $i) (i32.const 4)))))
      (if (local.get $nibble) (then
        (local.set $upper01 (f64x2.splat (f64.const -inf))) (local.set $upper23 (local.get $upper01))
        (local.set $lower01 (local.get $upper01)) (local.set $lower23 (local.get $upper01))
        (local.set $q (local.get $queries)) (local.set $fact (local.get $facts))
        (local.set $base (local.get $bases)) (local.set $m (local.get $queryCount))
        (loop $perQuery
          (local.set $a (v128.const i32x4 0 0 0 0)) (local.set $b (local.get $a))
          (local.set $c (local.get $a)) (local.set $d (local.get $a))
          (local.set $p (local.get $codes))
          (loop $numbers
            (local.set $w (v128.load (local.get $q))) (local.set $z (v128.load offset=16 (local.get $q)))
            (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $p)) (local.get $w))))
            (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $p)) (local.get $w))))
            (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (v128.load8x8_s offset=16 (local.get $p)) (local.get $w))))
            (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (v128.load8x8_s offset=24 (local.get $p)) (local.get $w))))
            (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (v128.load8x8_s offset=32 (local.get $p)) (local.get $z))))
            (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (v128.load8x8_s offset=40 (local.get $p)) (local.get $z))))
            (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (v128.load8x8_s offset=48 (local.get $p)) (local.get $z))))
            (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (v128.load8x8_s offset=56 (local.get $p)) (local.get $z))))
            (local.set $q (i32.add (local.get $q) (i32.const 32)))
            (local.set $p (i32.add (local.get $p) (i32.const 64)))
            (br_if $numbers (i32.lt_u (local.get $p) (local.get $end))))
          ;; four registers of four partial sums become one register of four sums
          (local.set $w (i32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
            (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
          (local.set $z (i32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
            (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
          (local.set $w (i32x4.add
            (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $w) (local.get $z))
            (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $w) (local.get $z))))
          ;; score = base + (scale · step) · sum, err = norm · error + lost · length, two rows at a time
          (local.set $score (f64x2.add
            (v128.load64_lane 1
              (i32.add (local.get $base) (i32.shl (i32.load offset=52 (local.get $meta)) (i32.const 3)))
              (v128.load64_zero (i32.add (local.get $base) (i32.shl (i32.load offset=48 (local.get $meta)) (i32.const 3)))))
            (f64x2.mul
              (f64x2.mul
                (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $meta))) (v128.load64_splat (local.get $fact)))
              (f64x2.convert_low_i32x4_s (local.get $w)))))
          (local.set $err (f64x2.add
            (f64x2.mul (v128.load64_splat offset=8 (local.get $fact)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=16 (local.get $meta))))
            (f64x2.mul (v128.load64_splat offset=16 (local.get $fact)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=32 (local.get $meta))))))
          (local.set $upper01 (f64x2.pmax (local.get $upper01) (f64x2.add (local.get $score) (local.get $err))))
          (local.set $lower01 (f64x2.pmax (local.get $lower01) (f64x2.sub (local.get $score) (local.get $err))))
          (local.set $score (f64x2.add
            (v128.load64_lane 1
              (i32.add (local.get $base) (i32.shl (i32.load offset=60 (local.get $meta)) (i32.const 3)))
              (v128.load64_zero (i32.add (local.get $base) (i32.shl (i32.load offset=56 (local.get $meta)) (i32.const 3)))))
            (f64x2.mul
              (f64x2.mul
                (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $meta))) (v128.load64_splat (local.get $fact)))
              (f64x2.convert_low_i32x4_s
                (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $w) (local.get $w))))))
          (local.set $err (f64x2.add
            (f64x2.mul (v128.load64_splat offset=8 (local.get $fact)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=24 (local.get $meta))))
            (f64x2.mul (v128.load64_splat offset=16 (local.get $fact)) (f64x2.promote_low_f32x4 (v128.load64_zero offset=40 (local.get $meta))))))
          (local.set $upper23 (f64x2.pmax (local.get $upper23) (f64x2.add (local.get $score) (local.get $err))))
          (local.set $lower23 (f64x2.pmax (local.get $lower23) (f64x2.sub (local.get $score) (local.get $err))))
          (local.set $fact (i32.add (local.get $fact) (i32.const 24)))
          (local.set $base (i32.add (local.get $base) (local.get $baseBytes)))
          (br_if $perQuery (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
        (local.set $upper01 (f64x2.add (local.get $upper01) (v128.load (local.get $bias))))
        (local.set $upper23 (f64x2.add (local.get $upper23) (v128.load offset=16 (local.get $bias))))
        (local.set $bits (i32.and (local.get $nibble) (i32.or
          (i64x2.bitmask (f64x2.gt (local.get $upper01) (f64x2.splat (local.get $threshold))))
          (i32.shl
            (i64x2.bitmask (f64x2.gt (local.get $upper23) (f64x2.splat (local.get $threshold))))
            (i32.const 2)))))
        (if (local.get $bits) (then
          (local.set $lower01 (f64x2.add (local.get $lower01) (v128.load (local.get $bias))))
          (local.set $lower23 (f64x2.add (local.get $lower23) (v128.load offset=16 (local.get $bias))))
          ;; each record is written and kept only if its bit is set: no branch
          (v128.store64_lane 0 (local.get $out) (local.get $upper01))
          (v128.store64_lane offset=8 0 (local.get $out) (local.get $lower01))
          (i32.store offset=16 (local.get $out) (local.get $row))
          (local.set $out (i32.add (local.get $out) (i32.mul (i32.const 24) (i32.and (local.get $bits) (i32.const 1)))))
          (v128.store64_lane 1 (local.get $out) (local.get $upper01))
          (v128.store64_lane offset=8 1 (local.get $out) (local.get $lower01))
          (i32.store offset=16 (local.get $out) (i32.add (local.get $row) (i32.const 1)))
          (local.set $out (i32.add (local.get $out) (i32.mul (i32.const 24)
            (i32.and (i32.shr_u (local.get $bits) (i32.const 1)) (i32.const 1)))))
          (v128.store64_lane 0 (local.get $out) (local.get $upper23))
          (v128.store64_lane offset=8 0 (local.get $out) (local.get $lower23))
          (i32.store offset=16 (local.get $out) (i32.add (local.get $row) (i32.const 2)))
          (local.set $out (i32.add (local.get $out) (i32.mul (i32.const 24)
            (i32.and (i32.shr_u (local.get $bits) (i32.const 2)) (i32.const 1)))))
          (v128.store64_lane 1 (local.get $out) (local.get $upper23))
          (v128.store64_lane offset=8 1 (local.get $out) (local.get $lower23))
          (i32.store offset=16 (local.get $out) (i32.add (local.get $row) (i32.const 3)))
          (local.set $out (i32.add (local.get $out) (i32.mul (i32.const 24) (i32.shr_u (local.get $bits) (i32.const 3)))))))))
      (local.set $codes (local.get $end))
      (local.set $meta (i32.add (local.get $meta) (i32.const 64)))
      (local.set $bias (i32.add (local.get $bias) (i32.const 32)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br $fours)))
    (i32.div_u (i32.sub (local.get $out) (local.get $start)) (i32.const 24)))

  ;; `max over queries (Q·x)` in double precision for the f32 rows at the `count` addresses in `list`, each sum in the
  ;; order of `dotRow` (vector.ts), so that both give the same bits. Two rows at a time, to have four additions under way.
  (func (export "exact")
    (param $list i32)       ;; i32 addresses
    (param $count i32)      ;; a multiple of 2
    (param $dim i32)
    (param $queries i32)    ;; f64, dim numbers a query
    (param $queryCount i32) ;; at least 1
    (param $out i32)        ;; f64 a row
    (local $x i32) (local $y i32) (local $q i32) (local $end i32) (local $m i32)
    (local $xab v128) (local $xcd v128) (local $yab v128) (local $ycd v128) (local $w v128)
    (local $xsum f64) (local $ysum f64) (local $xbest f64) (local $ybest f64)
    (block $done (loop $rows
      (br_if $done (i32.eqz (local.get $count)))
      (local.set $xbest (f64.const -inf)) (local.set $ybest (f64.const -inf))
      (local.set $q (local.get $queries)) (local.set $m (local.get $queryCount))
      (loop $perQuery
        (local.set $x (i32.load (local.get $list))) (local.set $y (i32.load offset=4 (local.get $list)))
        (local.set $xab (v128.const f64x2 0 0)) (local.set $xcd (local.get $xab))
        (local.set $yab (local.get $xab)) (local.set $ycd (local.get $xab))
        (local.set $end (i32.add (local.get $q) (i32.shl (i32.and (local.get $dim) (i32.const -4)) (i32.const 3))))
        (block $even (loop $numbers
          (br_if $even (i32.ge_u (local.get $q) (local.get $end)))
          (local.set $w (v128.load (local.get $q)))
          (local.set $xab (f64x2.add (local.get $xab)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $x))))))
          (local.set $yab (f64x2.add (local.get $yab)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $y))))))
          (local.set $w (v128.load offset=16 (local.get $q)))
          (local.set $xcd (f64x2.add (local.get $xcd)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $x))))))
          (local.set $ycd (f64x2.add (local.get $ycd)
            (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $y))))))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (local.set $x (i32.add (local.get $x) (i32.const 16)))
          (local.set $y (i32.add (local.get $y) (i32.const 16)))
          (br $numbers)))
        (local.set $xsum (f64x2.extract_lane 0 (local.get $xab)))
        (local.set $ysum (f64x2.extract_lane 0 (local.get $yab)))
        (local.set $end (i32.add (local.get $q) (i32.shl (i32.and (local.get $dim) (i32.const 3)) (i32.const 3))))
        (block $odd (loop $tail
          (br_if $odd (i32.ge_u (local.get $q) (local.get $end)))
          (local.set $xsum (f64.add (local.get $xsum)
            (f64.mul (f64.load (local.get $q)) (f64.promote_f32 (f32.load (local.get $x))))))
          (local.set $ysum (f64.add (local.get $ysum)
            (f64.mul (f64.load (local.get $q)) (f64.promote_f32 (f32.load (local.get $y))))))
          (local.set $q (i32.add (local.get $q) (i32.const 8)))
          (local.set $x (i32.add (local.get $x) (i32.const 4)))
          (local.set $y (i32.add (local.get $y) (i32.const 4)))
          (br $tail)))
        (local.set $xbest (f64.max (local.get $xbest) (f64.add
          (f64.add (local.get $xsum) (f64x2.extract_lane 1 (local.get $xab)))
          (f64.add (f64x2.extract_lane 0 (local.get $xcd)) (f64x2.extract_lane 1 (local.get $xcd))))))
        (local.set $ybest (f64.max (local.get $ybest) (f64.add
          (f64.add (local.get $ysum) (f64x2.extract_lane 1 (local.get $yab)))
          (f64.add (f64x2.extract_lane 0 (local.get $ycd)) (f64x2.extract_lane 1 (local.get $ycd))))))
        (br_if $perQuery (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
      (f64.store (local.get $out) (local.get $xbest)) (f64.store offset=8 (local.get $out) (local.get $ybest))
      (local.set $list (i32.add (local.get $list) (i32.const 8)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 2)))
      (br $rows))))
)
