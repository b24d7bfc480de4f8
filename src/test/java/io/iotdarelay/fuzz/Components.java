package io.iotdarelay.fuzz;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes records of the components that matter, by their names: those of the configuration have dozens. */
final class Components {

    private Components() {}

    /** A record; what is not given is null, false or an empty list. */
    static <R extends Record> R make(Class<R> type, Map<String, ?> given) {
        RecordComponent[] components = Objects.requireNonNull(type.getRecordComponents());
        List<String> names =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        if (!names.containsAll(given.keySet())) {
            throw new IllegalArgumentException(type.getSimpleName() + " has not all of " + given.keySet());
        }
        try {
            return type.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class[]::new))
                    .newInstance(Arrays.stream(components)
                            .map(component -> given.containsKey(component.getName())
                                    ? given.get(component.getName())
                                    : component.getType() == boolean.class ? Boolean.FALSE : null)
                            .toArray());
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a record has in a component. */
    static @Nullable Object get(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A map in this order: names and values by turns. Values that are null are left out. */
    static <V> Map<String, V> map(@Nullable Object... namesAndValues) {
        Map<String, V> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            @SuppressWarnings("unchecked")
            V value = (V) namesAndValues[i + 1];
            if (value != null) {
                map.put(String.valueOf(namesAndValues[i]), value);
            }
        }
        return map;
    }
}
