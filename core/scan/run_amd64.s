#include "textflag.h"

// func plainBlocks(p *byte, n int) int
//
// Sixteen bytes x at a time, with what every amd64 processor has (SSE2). x^0x82 is at
// most 0xa0, without sign, where x is a control byte, a quote, or 0x80 and above:
// their smallest over 64 bytes is compared once. Backslashes are compared one block at
// a time. A block of 64 that holds something is looked at again, 16 bytes at a time.
TEXT ·plainBlocks(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	XORQ AX, AX
	MOVQ $0x8282828282828282, DX
	MOVQ DX, X8
	PUNPCKLQDQ X8, X8
	MOVQ $0xa0a0a0a0a0a0a0a0, DX
	MOVQ DX, X9
	PUNPCKLQDQ X9, X9
	MOVQ $0x5c5c5c5c5c5c5c5c, DX
	MOVQ DX, X10
	PUNPCKLQDQ X10, X10
	LEAQ -64(CX), BX // the last place where 64 bytes are left
	LEAQ -16(CX), DI // the last place where 16 are

wide:
	CMPQ AX, BX
	JGT  narrow
	MOVOU (SI)(AX*1), X0
	MOVOU 16(SI)(AX*1), X1
	MOVOU 32(SI)(AX*1), X2
	MOVOU 48(SI)(AX*1), X3
	MOVO X0, X4
	PCMPEQB X10, X4
	MOVO X1, X5
	PCMPEQB X10, X5
	MOVO X2, X6
	PCMPEQB X10, X6
	MOVO X3, X7
	PCMPEQB X10, X7
	POR X5, X4
	POR X7, X6
	POR X6, X4
	PXOR X8, X0
	PXOR X8, X1
	PXOR X8, X2
	PXOR X8, X3
	PMINUB X1, X0
	PMINUB X3, X2
	PMINUB X2, X0
	MOVO X0, X1
	PMINUB X9, X1
	PCMPEQB X1, X0
	POR X4, X0
	PMOVMSKB X0, DX
	TESTL DX, DX
	JNZ  narrow
	ADDQ $64, AX
	JMP  wide

narrow:
	CMPQ AX, DI
	JGT  done
	MOVOU (SI)(AX*1), X0
	MOVO X0, X4
	PCMPEQB X10, X4
	PXOR X8, X0
	MOVO X0, X1
	PMINUB X9, X1
	PCMPEQB X1, X0
	POR X4, X0
	PMOVMSKB X0, DX
	TESTL DX, DX
	JNZ  found
	ADDQ $16, AX
	JMP  narrow

found:
	BSFL DX, DX
	ADDQ DX, AX

done:
	MOVQ AX, ret+16(FP)
	RET

// func backBlocks(p *byte, n int) int
//
// As plainBlocks, from the end: 64 bytes at a time, which are looked at again, 16 bytes at a
// time, where one of them is a quote or a backslash.
TEXT ·backBlocks(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), AX
	MOVQ $0x2222222222222222, DX
	MOVQ DX, X9
	PUNPCKLQDQ X9, X9
	MOVQ $0x5c5c5c5c5c5c5c5c, DX
	MOVQ DX, X10
	PUNPCKLQDQ X10, X10

wide:
	CMPQ AX, $64
	JLT  narrow
	MOVOU -64(SI)(AX*1), X0
	MOVOU -48(SI)(AX*1), X1
	MOVOU -32(SI)(AX*1), X2
	MOVOU -16(SI)(AX*1), X3
	MOVO X0, X4
	PCMPEQB X9, X4
	PCMPEQB X10, X0
	MOVO X1, X5
	PCMPEQB X9, X5
	PCMPEQB X10, X1
	MOVO X2, X6
	PCMPEQB X9, X6
	PCMPEQB X10, X2
	MOVO X3, X7
	PCMPEQB X9, X7
	PCMPEQB X10, X3
	POR X4, X0
	POR X5, X1
	POR X6, X2
	POR X7, X3
	POR X1, X0
	POR X3, X2
	POR X2, X0
	PMOVMSKB X0, DX
	TESTL DX, DX
	JNZ  narrow
	SUBQ $64, AX
	JMP  wide

narrow:
	CMPQ AX, $16
	JLT  done
	MOVOU -16(SI)(AX*1), X0
	MOVO X0, X4
	PCMPEQB X9, X4
	PCMPEQB X10, X0
	POR X4, X0
	PMOVMSKB X0, DX
	TESTL DX, DX
	JNZ  found
	SUBQ $16, AX
	JMP  narrow

found:
	BSRL DX, DX
	LEAQ -15(AX)(DX*1), AX

done:
	MOVQ AX, ret+16(FP)
	RET
