package io.iotdarelay.simulator;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The command line: {@code --name=value}, of which the last one counts, but for those that may be repeated. */
final class Arguments {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private final Map<String, List<String>> values = new HashMap<>();

    /** Throws where an argument is none of the known ones. */
    Arguments(Set<String> known, String... args) {
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            if (!parts[0].startsWith("--") || parts.length != 2 || !known.contains(parts[0].substring(2))) {
                throw new IllegalArgumentException("not understood: " + arg);
            }
            values.computeIfAbsent(parts[0].substring(2), name -> new ArrayList<>())
                    .add(parts[1]);
        }
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    Optional<String> text(String name) {
        return values.containsKey(name) ? Optional.of(all(name).getLast()) : Optional.empty();
    }

    String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    int number(String name, int otherwise) {
        String text = text(name).orElse(Integer.toString(otherwise));
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("--" + name + " is a number: " + text);
        }
        return Integer.parseInt(text);
    }

    /** Whether an option has its one value; anything else is refused. */
    boolean is(String name, String value) {
        text(name).filter(text -> !text.equals(value)).ifPresent(text -> {
            throw new IllegalArgumentException("--" + name + " is " + value + ", or not given: " + text);
        });
        return text(name).isPresent();
    }

    Optional<Duration> duration(String name) {
        return text(name).map(text -> {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--" + name + ": " + e.getMessage(), e);
            }
        });
    }

    Optional<Path> path(String name) {
        return text(name).map(Path::of);
    }

    /** Why a file cannot be read or written, in words: without a reason, an exception names the file alone. */
    static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException ignored -> "it does not exist";
            case AccessDeniedException ignored -> "no permission";
            case MalformedInputException ignored -> "it is no text in UTF-8";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** The content of the file that an argument names. */
    Optional<String> content(String name) {
        return path(name).map(file -> {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalArgumentException("--" + name + ": " + file + " cannot be read: " + why(e), e);
            }
        });
    }
}
