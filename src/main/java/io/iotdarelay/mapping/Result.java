package io.iotdarelay.mapping;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value, or why there is none: it is not there, or it is not what is wanted. */
sealed interface Result<T> {

    record Found<T>(T value) implements Result<T> {}

    /** Nothing is there: what may be left out is left out. */
    record Nothing<T>(String why) implements Result<T> {}

    /** Something is there, but wrong. */
    record Failed<T>(String why) implements Result<T> {}

    static <T> Result<T> found(T value) {
        return new Found<>(value);
    }

    static <T> Result<T> nothing(String why) {
        return new Nothing<>(why);
    }

    static <T> Result<T> failed(String why) {
        return new Failed<>(why);
    }

    /** The value, or the reason why there is none. */
    default <R extends @Nullable Object> R fold(
            Function<? super T, ? extends R> found, Function<String, ? extends R> failed) {
        return switch (this) {
            case Found<T> value -> found.apply(value.value());
            case Nothing<T> nothing -> failed.apply(nothing.why());
            case Failed<T> failure -> failed.apply(failure.why());
        };
    }

    /** Goes on with the value; what is not there, and what has failed, stays what it is. */
    default <R> Result<R> then(Function<? super T, Result<R>> next) {
        return switch (this) {
            case Found<T> value -> next.apply(value.value());
            case Nothing<T> nothing -> nothing(nothing.why());
            case Failed<T> failure -> failed(failure.why());
        };
    }

    /** Says what was wanted where there is no value. */
    default Result<T> as(String what) {
        return switch (this) {
            case Found<T> value -> value;
            case Nothing<T> nothing -> nothing(what + ": " + nothing.why());
            case Failed<T> failure -> failed(what + ": " + failure.why());
        };
    }

    /** Where nothing is there, something is wrong. */
    default Result<T> required() {
        return this instanceof Nothing<T> nothing ? failed(nothing.why()) : this;
    }
}
