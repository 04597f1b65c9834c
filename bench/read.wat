;; Reads memory as fast as one thread can: the measure of what a scan could do at best. `bytes` is a multiple of 128.
(module
  (import "env" "memory" (memory 1))
  (func (export "read") (param $at i32) (param $bytes i32) (result i32)
    (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $at) (local.get $bytes)))
    (loop $next
      (local.set $a (v128.xor (local.get $a) (v128.load (local.get $at))))
      (local.set $b (v128.xor (local.get $b) (v128.load offset=16 (local.get $at))))
      (local.set $c (v128.xor (local.get $c) (v128.load offset=32 (local.get $at))))
      (local.set $d (v128.xor (local.get $d) (v128.load offset=48 (local.get $at))))
      (local.set $a (v128.xor (local.get $a) (v128.load offset=64 (local.get $at))))
      (local.set $b (v128.xor (local.get $b) (v128.load offset=80 (local.get $at))))
      (local.set $c (v128.xor (local.get $c) (v128.load offset=96 (local.get $at))))
      (local.set $d (v128.xor (local.get $d) (v128.load offset=112 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 128)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32x4.extract_lane 0 (v128.xor (v128.xor (local.get $a) (local.get $b)) (v128.xor (local.get $c) (local.get $d))))))
