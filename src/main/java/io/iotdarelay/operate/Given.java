package io.iotdarelay.operate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what another instance answered, whatever it is: what has another type is as if it were not there. */
final class Given {

    private Given() {}

    static Map<String, Object> object(Object from, String field) {
        return from instanceof Map<?, ?> map ? object(map.get(field)) : Map.of();
    }

    static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> {
                if (each != null) {
                    object.put(String.valueOf(key), each);
                }
            });
        }
        return object;
    }

    /** The objects of a list. */
    static List<Map<String, Object>> objects(Object from, String field) {
        return from instanceof Map<?, ?> map && map.get(field) instanceof List<?> list
                ? list.stream().filter(Map.class::isInstance).map(Given::object).toList()
                : List.of();
    }

    static List<String> texts(Object from, String field) {
        return from instanceof Map<?, ?> map && map.get(field) instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    static String text(Object from, String field) {
        return from instanceof Map<?, ?> map && map.get(field) != null ? String.valueOf(map.get(field)) : "";
    }

    static long whole(Object from, String field) {
        return from instanceof Map<?, ?> map && map.get(field) instanceof Number number ? number.longValue() : 0;
    }

    /** The sum of an object's numbers. */
    static long total(Object from, String field) {
        Map<String, Object> numbers = object(from, field);
        return numbers.keySet().stream().mapToLong(name -> whole(numbers, name)).sum();
    }

    /** The sum of what both are: whole if both are, and the first that is there if one is no number. */
    static Object sum(Object one, Object other) {
        if (one instanceof Map<?, ?> || other instanceof Map<?, ?>) {
            return sums(object(one), object(other));
        }
        if (!(one instanceof Number first) || !(other instanceof Number second)) {
            return one;
        }
        return isWhole(first) && isWhole(second)
                ? (Object) (first.longValue() + second.longValue())
                : (Object) (first.doubleValue() + second.doubleValue());
    }

    /** Field by field. */
    static Map<String, Object> sums(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> sums = new LinkedHashMap<>(one);
        other.forEach((field, value) -> sums.merge(field, value, Given::sum));
        return sums;
    }

    private static boolean isWhole(Number number) {
        return number instanceof Long || number instanceof Integer;
    }
}
