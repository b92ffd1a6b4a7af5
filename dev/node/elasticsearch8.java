// SPDX-License-Identifier: BSD-2-Clause

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/** One node of Elasticsearch 8 or 9, its settings given as KEY=VALUE. */
public class Launcher {

    /** The later ones of 9 have a second argument: false is what 8 does. */
    @SuppressWarnings("unchecked")
    private static Set<PluginBundle> load(String name, Path dir)
        throws ReflectiveOperationException {

        for (Method method : PluginsLoader.class.getMethods()) {
            if (method.getName().equals(name)) {
                return (Set<PluginBundle>) (method.getParameterCount() == 1
                    ? method.invoke(null, dir)
                    : method.invoke(null, dir, false));
            }
        }

        throw new NoSuchMethodException(name);
    }

    public static void main(String[] args) {
        Settings.Builder builder = Settings.builder();

        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            builder.put(pair[0], pair[1]);
        }

        Settings settings = builder.build();
        LogConfigurator.configureWithoutConfig(settings);
        LogConfigurator.configureESLogging();

        try {
            Environment env = InternalSettingsPreparer.prepareEnvironment(
                settings, Map.of(), null, () -> "node");
            PluginsLoader loader = PluginsLoader.createPluginsLoader(
                load("loadModulesBundles", env.modulesDir()),
                load("loadPluginsBundles", env.pluginsDir()),
                Map.of(), false);
            Node node = new Node(env, loader);
            CountDownLatch stopped = new CountDownLatch(1);

            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    node.close();
                } catch (Exception e) {
                    e.printStackTrace();
                }
                stopped.countDown();
            }));

            node.start();
            stopped.await();

        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
