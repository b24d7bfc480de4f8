package io.iotdarelay.mapping;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value, or the reason why there is none. */
sealed interface Result<T> {

    /** Either of the two. */
    <R extends @Nullable Object> R fold(Function<? super T, ? extends R> found, Function<String, ? extends R> failed);

    record Found<T>(T value) implements Result<T> {
        @Override
        public <R extends @Nullable Object> R fold(
                Function<? super T, ? extends R> found, Function<String, ? extends R> failed) {
            return found.apply(value);
        }
    }

    record Failed<T>(String why) implements Result<T> {
        @Override
        public <R extends @Nullable Object> R fold(
                Function<? super T, ? extends R> found, Function<String, ? extends R> failed) {
            return failed.apply(why);
        }
    }

    static <T> Result<T> found(T value) {
        return new Found<>(value);
    }

    static <T> Result<T> failed(String why) {
        return new Failed<>(why);
    }

    /** Continues with the value; a failure stays unchanged. */
    default <R> Result<R> then(Function<? super T, Result<R>> next) {
        return fold(next, Result::failed);
    }

    /** Adds to a failure what was being selected. */
    default Result<T> as(String what) {
        return fold(value -> this, why -> failed(what + ": " + why));
    }
}
