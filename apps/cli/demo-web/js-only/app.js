const root = document.getElementById('root');
root.innerHTML = '<h1>Nimbus Planner</h1><p>Picnics by weather. Write to hello@nimbus-planner-app.io</p>';
