# The image of iotda-relay: a runtime of just the modules that it needs, the jar in layers, and a startup cache.
#
#   docker build --tag iotda-relay .
#   docker build --tag iotda-relay-simulator --target simulator .      the simulated platform, for tests
#
# The base images may be replaced. BUILD_IMAGE has a JDK 25, Maven and a shell; BASE_IMAGE has glibc and certificates, nothing else.
# JAR_IMAGE is like BUILD_IMAGE, but always for the machine that builds: the jar is the same for each architecture, and Maven is slow where
# another processor is emulated.
ARG BUILD_IMAGE=docker.io/library/maven:3.9.16-eclipse-temurin-25@sha256:93b8a14ea2f412782e4e842651273b4d903e35cc496284f178fbbe2d67d00976
ARG JAR_IMAGE=${BUILD_IMAGE}
ARG BASE_IMAGE=gcr.io/distroless/base-nossl-debian13:nonroot@sha256:8c563c1fb5e120606f0d85733049775faed6192e2bd2223ef283a5393eec22b9

# ---- the jar
FROM --platform=${BUILDPLATFORM} ${JAR_IMAGE} AS jar
WORKDIR /build
COPY pom.xml ./
COPY docs/*.md docs/
COPY src/main src/main
COPY src/simulator src/simulator
RUN --mount=type=cache,target=/root/.m2/repository \
    mvn --batch-mode --no-transfer-progress -Dmaven.test.skip -Dspotless.check.skip package \
 && java -Djarmode=tools -jar target/iotda-relay.jar extract --layers --destination target/layers

# ---- the runtime
FROM ${BUILD_IMAGE} AS runtime
# Spring needs the beans of java.desktop; native libraries for graphics and sound are left out, and so are debug symbols that some JDKs contain.
# Without the JDK's own tables of lines and variables, 5 % of the image, its frames in a stack trace have no line numbers; ours have.
# Of what is for windows, sound and print, nested classes are left out: a module has to keep each of its packages, not each class.
RUN jlink --output /opt/java --compress zip-9 --no-header-files --no-man-pages --strip-java-debug-attributes \
 --exclude-resources 'regex:/java\.desktop/(javax/(swing|sound|imageio|print)|com/sun/(java/swing|swing|media|imageio)|\
sun/(print|java2d|font|swing|awt/X11))/.*[$].*' \
 --exclude-files '**/libawt*,**/libfontmanager*,**/libfreetype*,**/libjavajpeg*,**/liblcms*,**/libmlib_image*,**/libsplashscreen*,\
**/libjsound*,**/libjawt*,**.debuginfo' --add-modules \
java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.rmi,java.security.jgss,\
java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.management,jdk.naming.dns,jdk.net,jdk.security.auth,\
jdk.security.jgss,jdk.unsupported,jdk.zipfs

# ---- the base, which its list of packages is read from
FROM ${BASE_IMAGE} AS base

# ---- the application with its layout in the image, and its cache: the paths must be those of the image
FROM ${BUILD_IMAGE} AS application
COPY --from=runtime /opt/java /opt/java
COPY --from=jar /build/target/layers/dependencies/ /app/
COPY --from=jar /build/target/layers/snapshot-dependencies/ /app/
COPY --from=jar /build/target/layers/application/ /app/
COPY --from=jar /build/target/classes/META-INF/sbom/application.cdx.json /app/sbom/
COPY src/image/java.options src/image/client.options /app/
COPY src/image/ImageSbom.java src/image/NativeLibraries.java src/image/Training.java src/image/TrainingBroker.java src/image/training.yaml \
     /training/
RUN --mount=type=bind,from=base,target=/base \
    java -cp '/app/lib/*' /training/ImageSbom.java /app/sbom/application.cdx.json /opt/java /base /app/sbom/image.cdx.json \
 && java /training/NativeLibraries.java /app/lib /app/native \
 && java /training/Training.java /training/training.yaml

# ---- the image of the simulator: built only when it is asked for
FROM ${BASE_IMAGE} AS simulator
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="iotda-relay-simulator" \
      org.opencontainers.image.description="A simulated Huawei Cloud IoTDA for tests of iotda-relay." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=runtime /opt/java /opt/java
COPY --from=jar /build/target/iotda-relay-simulator.jar /app/
WORKDIR /app
USER 65532:65532
EXPOSE 8443 8081
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=50"
# Arguments that are given replace these, for the last one of a name counts.
ENTRYPOINT ["/opt/java/bin/java", "-jar", "/app/iotda-relay-simulator.jar", "--host=0.0.0.0", "--port=8443", "--control-port=8081"]

# ---- the image
FROM ${BASE_IMAGE}
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="iotda-relay" \
      org.opencontainers.image.description="Relays device telemetry from Kafka to Huawei Cloud IoTDA, as the device, in order, losing nothing." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# What changes least comes first.
COPY --from=runtime /opt/java /opt/java
COPY --from=application /app/lib /app/lib
COPY --from=application /app/native /app/native
COPY --from=application /app/java.options /app/client.options /app/iotda-relay.jar /app/
COPY --from=application /app/sbom /app/sbom
COPY --from=application /app/iotda-relay.aot /app/
WORKDIR /app
USER 65532:65532
EXPOSE 8080
# The heap follows the container's limit. Another JDK_JAVA_OPTIONS replaces that; JAVA_TOOL_OPTIONS adds to it.
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=50"
ENTRYPOINT ["/opt/java/bin/java", "@/app/java.options", "-jar", "/app/iotda-relay.jar"]
