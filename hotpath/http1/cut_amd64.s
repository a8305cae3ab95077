#include "textflag.h"

// func cutBlocks(p *byte, n int) (colon, end int)
//
// Sixteen bytes at a time, with what every amd64 processor has (SSE2): a byte is a
// control where the smaller of it and 0x1f is itself, or where it is 0x7f.
TEXT ·cutBlocks(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ $0x1f1f1f1f1f1f1f1f, DX
	MOVQ DX, X8
	PUNPCKLQDQ X8, X8
	MOVQ $0x7f7f7f7f7f7f7f7f, DX
	MOVQ DX, X9
	PUNPCKLQDQ X9, X9
	MOVQ $0x3a3a3a3a3a3a3a3a, DX
	MOVQ DX, X10
	PUNPCKLQDQ X10, X10
	XORQ AX, AX
	MOVQ $-1, BX // the colon
	SUBQ $16, CX // the last place where 16 bytes are left

name:
	CMPQ AX, CX
	JGT  unsettled
	MOVOU (SI)(AX*1), X0
	MOVO X0, X1
	PMINUB X8, X1
	PCMPEQB X0, X1
	MOVO X0, X2
	PCMPEQB X9, X2
	POR X2, X1
	PCMPEQB X10, X0
	PMOVMSKB X1, DX // controls
	PMOVMSKB X0, DI // colons
	MOVL DX, R8
	ORL  DI, R8
	JNZ  first
	ADDQ $16, AX
	JMP  name

first:
	BSFL R8, R8
	BTL  R8, DI
	JCC  unsettled // a control in the name
	LEAQ (AX)(R8*1), BX
	TESTL DX, DX
	JNZ  found

value:
	ADDQ $16, AX
	CMPQ AX, CX
	JGT  unsettled
	MOVOU (SI)(AX*1), X0
	MOVO X0, X1
	PMINUB X8, X1
	PCMPEQB X0, X1
	PCMPEQB X9, X0
	POR X0, X1
	PMOVMSKB X1, DX
	TESTL DX, DX
	JZ   value

found:
	BSFL DX, DX
	ADDQ DX, AX
	MOVQ BX, colon+16(FP)
	MOVQ AX, end+24(FP)
	RET

unsettled:
	MOVQ $-1, colon+16(FP)
	MOVQ $-1, end+24(FP)
	RET
