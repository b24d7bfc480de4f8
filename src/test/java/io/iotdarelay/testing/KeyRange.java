package io.iotdarelay.testing;

import io.iotdarelay.settings.Between;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import tools.jackson.databind.JsonNode;

/** The bounds of a key's value, or of its elements, as the code has them. */
public record KeyRange(String least, String most) {

    /** Those of a property in Spring Boot's configuration metadata. */
    public static Optional<KeyRange> of(JsonNode property) {
        String name = property.path("name").asString();
        String key = name.substring(name.lastIndexOf('.') + 1);
        String source = property.path("sourceType").asString("");
        if (source.isEmpty()) {
            return Optional.empty();
        }
        try {
            Class<?> type = Class.forName(source);
            return type.isRecord()
                    ? Arrays.stream(type.getDeclaredFields())
                            .filter(field -> DataObjectPropertyName.toDashedForm(field.getName())
                                    .equals(key))
                            .flatMap(field -> Stream.concat(Stream.of(field), elements(field.getAnnotatedType())))
                            .map(element -> element.getAnnotation(Between.class))
                            .flatMap(Stream::ofNullable)
                            .findFirst()
                            .map(bounds -> new KeyRange(bounds.least(), bounds.most()))
                    : Optional.empty();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<? extends AnnotatedElement> elements(AnnotatedType type) {
        return type instanceof AnnotatedParameterizedType list
                ? Arrays.stream(list.getAnnotatedActualTypeArguments())
                : Stream.empty();
    }

    @Override
    public String toString() {
        return least + " to " + most;
    }
}
