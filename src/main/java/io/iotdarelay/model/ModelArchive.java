package io.iotdarelay.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The archive that the console exports: one {@code devicetype-capability.json}, which lists the services with their types, and a
 * {@code servicetype-capability.json} for each type. They are found by the last part of their names: the tree may be wrapped in
 * a folder, and both the wrapped and the plain tree may be in one archive.
 */
final class ModelArchive {

    private static final String DEVICE_TYPE = "devicetype-capability.json";
    private static final String SERVICE_TYPE = "servicetype-capability.json";
    private static final int MAX_FILES = 5000;
    private static final int MAX_TOTAL = 2 * ModelFile.MAX_SIZE;

    private final Problems problems;
    private final Map<String, JsonNode> deviceTypes = new LinkedHashMap<>();
    private final Map<String, JsonNode> serviceFiles = new LinkedHashMap<>();
    private int total;

    private ModelArchive(Problems problems) {
        this.problems = problems;
    }

    /** The services that the archive describes. */
    static List<ModelFile.Source> read(Path file, Problems problems) {
        ModelArchive archive = new ModelArchive(problems);
        // Names in other encodings than UTF-8 must not matter: the last parts of those that count are ASCII.
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.ISO_8859_1)) {
            archive.readAll(zip);
        } catch (IOException e) {
            problems.add("", "is not a readable archive: " + e.getMessage());
            return List.of();
        }
        return archive.services();
    }

    private void readAll(ZipFile zip) throws IOException {
        int files = 0;
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (++files > MAX_FILES) {
                problems.add("", "has more than " + MAX_FILES + " files");
                return;
            }
            String last = lastPart(entry.getName());
            if (last.equals(DEVICE_TYPE)) {
                read(zip, entry, deviceTypes);
            } else if (last.equals(SERVICE_TYPE)) {
                read(zip, entry, serviceFiles);
            }
        }
    }

    private static String lastPart(String name) {
        String plain = name.replace('\\', '/');
        return plain.substring(plain.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    /** Whatever size the archive claims: no more than the bound is ever expanded. */
    private void read(ZipFile zip, ZipEntry entry, Map<String, JsonNode> found) throws IOException {
        int room = MAX_TOTAL - total;
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(room + 1);
            if (bytes.length > room) {
                throw new IOException("it expands to more than " + MAX_TOTAL / 1024 / 1024 + " MB");
            }
            total += bytes.length;
            JsonNode root = ModelFile.parse(bytes, entry.getName(), problems);
            if (root != null) {
                found.put(entry.getName(), root);
            }
        }
    }

    private List<ModelFile.Source> services() {
        Map.Entry<String, JsonNode> deviceType = deviceType();
        if (deviceType == null) {
            return List.of();
        }
        Map<String, ModelFile.Source> types = types();
        List<ModelFile.Source> services = new ArrayList<>();
        JsonNode devices = deviceType.getValue().path("devices");
        for (int i = 0; i < devices.size(); i++) {
            JsonNode listed = devices.get(i).path("serviceTypeCapabilities");
            for (int j = 0; j < listed.size(); j++) {
                String place = deviceType.getKey() + ": /devices/" + i + "/serviceTypeCapabilities/" + j;
                service(place, listed.get(j), types, services);
            }
        }
        problems.require(
                devices.isArray() && !devices.isEmpty(),
                deviceType.getKey() + ": /devices",
                "expected a list of devices");
        return services;
    }

    private void service(
            String place, JsonNode listed, Map<String, ModelFile.Source> types, List<ModelFile.Source> services) {
        String id = listed.path("serviceId").asString("");
        String type = listed.path("serviceType").asString(id);
        ModelFile.Source source = types.get(type);
        if (source == null) {
            problems.add(place, "the service type '" + type + "' is in no " + SERVICE_TYPE + " of the archive");
        } else {
            services.add(new ModelFile.Source(source.place(), id, source.node()));
        }
    }

    private Map.@Nullable Entry<String, JsonNode> deviceType() {
        Map.Entry<String, JsonNode> first = null;
        for (Map.Entry<String, JsonNode> each : deviceTypes.entrySet()) {
            if (first == null) {
                first = each;
            } else {
                problems.require(
                        first.getValue().equals(each.getValue()),
                        each.getKey(),
                        "is not the same as " + first.getKey());
            }
        }
        problems.require(first != null, "", "has no " + DEVICE_TYPE);
        return first;
    }

    /** The service types by their names. */
    private Map<String, ModelFile.Source> types() {
        Map<String, ModelFile.Source> types = new LinkedHashMap<>();
        serviceFiles.forEach((name, root) -> {
            JsonNode services = root.path("services");
            for (int i = 0; i < services.size(); i++) {
                JsonNode service = services.get(i);
                String place = name + ": /services/" + i;
                ModelFile.Source twin = types.putIfAbsent(
                        service.path("serviceType").asString(""), new ModelFile.Source(place, null, service));
                problems.require(
                        twin == null || twin.node().equals(service),
                        place,
                        "describes the service type of " + (twin == null ? "" : twin.place()) + " differently");
            }
        });
        return types;
    }
}
