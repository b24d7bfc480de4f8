package io.iotdarelay.mapping;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value, or why there is none: it is missing, or not what is expected. */
sealed interface Result<T> {

    record Found<T>(T value) implements Result<T> {}

    /** The value is missing: what is optional is left out. */
    record Nothing<T>(String why) implements Result<T> {}

    /** There is a value, but it is wrong. */
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

    /** Continues with the value, if there is one. */
    default <R> Result<R> then(Function<? super T, Result<R>> next) {
        return switch (this) {
            case Found<T> value -> next.apply(value.value());
            case Nothing<T> nothing -> nothing(nothing.why());
            case Failed<T> failure -> failed(failure.why());
        };
    }

    /** Prefixes the reason, if there is no value, with what it is about. */
    default Result<T> as(String what) {
        return switch (this) {
            case Found<T> value -> value;
            case Nothing<T> nothing -> nothing(what + ": " + nothing.why());
            case Failed<T> failure -> failed(what + ": " + failure.why());
        };
    }

    /** The same for a member of something; nothing is made of the names if there is a value. */
    default Result<T> as(String what, String member) {
        return this instanceof Found<T> ? this : as(what + "." + member);
    }

    /** Treats a missing value as wrong. */
    default Result<T> required() {
        return this instanceof Nothing<T> nothing ? failed(nothing.why()) : this;
    }
}
