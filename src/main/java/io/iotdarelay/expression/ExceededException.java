package io.iotdarelay.expression;

/** Ends an evaluation that exceeds a bound: the library has no other way out. */
final class ExceededException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ExceededException(String what) {
        super(what, null, false, false);
    }
}
