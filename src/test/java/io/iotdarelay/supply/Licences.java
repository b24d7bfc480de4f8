package io.iotdarelay.supply;

import io.iotdarelay.supply.Sbom.Component;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which licences a library of the relay's may have. A new one is a decision, and is made here. */
public final class Licences {

    /** By SPDX's identifier, and what it asks of whoever passes the relay on. */
    public static final Map<String, String> ALLOWED = allowed();

    /** Libraries that leave the choice between several licences, by their group, and which of them is taken. */
    private static final Map<String, String> CHOSEN = Map.of(
            "ch.qos.logback", "EPL-2.0",
            "jakarta.annotation", "EPL-2.0",
            "org.hdrhistogram", "BSD-2-Clause");

    /** Licences that go by another name than SPDX's, each with the identifier of its text. */
    private static final Map<String, String> RENAMED = Map.of("Go License", "BSD-3-Clause");

    private Licences() {}

    private static Map<String, String> allowed() {
        Map<String, String> allowed = new LinkedHashMap<>();
        allowed.put("Apache-2.0", "pass on its text and the library's NOTICE");
        allowed.put("MIT", "pass on the copyright notice and its text");
        allowed.put("MIT-0", "nothing");
        allowed.put("BSD-2-Clause", "pass on the copyright notice and its text");
        allowed.put("BSD-3-Clause", "pass on the copyright notice and its text; advertise with nobody's name");
        allowed.put("EPL-2.0", "say where the library's source is; changes to the library are published");
        return Collections.unmodifiableMap(allowed);
    }

    /** Under which licence a library is used; nothing where none of its licences is allowed, or nobody has chosen. */
    public static Optional<String> of(Component library) {
        List<String> offered = library.licences().stream()
                .map(licence -> RENAMED.getOrDefault(licence, licence))
                .toList();
        return Optional.ofNullable(offered.size() == 1 ? offered.getFirst() : CHOSEN.get(library.group()))
                .filter(offered::contains)
                .filter(ALLOWED::containsKey);
    }
}
